using VmNodeOps.Kubernetes;
using VmNodeOps.Testing.Faults;

namespace VmNodeOps.Tests.Cluster;

// The adapter under the port's contract, without and with each kind of trouble. Every third read goes wrong; writes go well, because they are never
// repeated (what becomes of a write that goes wrong is told by KubernetesWriteTroubleTests).

public sealed class ContractWithOlderServerTests(ContractWithOlderServerTests.Fixture fixture)
    : ClusterClientContract(fixture), IClassFixture<ContractWithOlderServerTests.Fixture>
{
    public sealed class Fixture : ContractCluster;
}

public sealed class ContractWithNewerServerTests(ContractWithNewerServerTests.Fixture fixture)
    : ClusterClientContract(fixture), IClassFixture<ContractWithNewerServerTests.Fixture>
{
    public sealed class Fixture : ContractCluster
    {
        protected override string Version => "v1.34.1";
    }
}

public sealed class ContractInSmallPagesTests(ContractInSmallPagesTests.Fixture fixture)
    : ClusterClientContract(fixture), IClassFixture<ContractInSmallPagesTests.Fixture>
{
    public sealed class Fixture : ContractCluster
    {
        protected override KubernetesClusterOptions Options => base.Options with { PageSize = 2 };
    }
}

public sealed class ContractUnderTooManyRequestsTests(ContractUnderTooManyRequestsTests.Fixture fixture)
    : ClusterClientContract(fixture), IClassFixture<ContractUnderTooManyRequestsTests.Fixture>
{
    public sealed class Fixture : ContractCluster
    {
        protected override FaultEffect ReadFault => FaultEffect.Status(429, "TooManyRequests", retryAfterSeconds: 1);
    }
}

public sealed class ContractUnderServerErrorsTests(ContractUnderServerErrorsTests.Fixture fixture)
    : ClusterClientContract(fixture), IClassFixture<ContractUnderServerErrorsTests.Fixture>
{
    public sealed class Fixture : ContractCluster
    {
        protected override string Version => "v1.34.1";

        protected override FaultEffect ReadFault => FaultEffect.Status(503, "ServiceUnavailable");

        protected override FaultEffect? WatchFault(int number) => number % 2 == 0 ? FaultEffect.Status(500, "InternalError") : null;
    }
}

public sealed class ContractUnderDelaysTests(ContractUnderDelaysTests.Fixture fixture)
    : ClusterClientContract(fixture), IClassFixture<ContractUnderDelaysTests.Fixture>
{
    public sealed class Fixture : ContractCluster
    {
        protected override FaultEffect ReadFault => FaultEffect.Delay(TimeSpan.FromSeconds(8));
    }
}

public sealed class ContractWithoutAnswersTests(ContractWithoutAnswersTests.Fixture fixture)
    : ClusterClientContract(fixture), IClassFixture<ContractWithoutAnswersTests.Fixture>
{
    public sealed class Fixture : ContractCluster
    {
        protected override FaultEffect ReadFault => FaultEffect.NoAnswer();
    }
}

public sealed class ContractWithCutsBeforeTests(ContractWithCutsBeforeTests.Fixture fixture)
    : ClusterClientContract(fixture), IClassFixture<ContractWithCutsBeforeTests.Fixture>
{
    public sealed class Fixture : ContractCluster
    {
        protected override FaultEffect ReadFault => FaultEffect.CutBefore();
    }
}

public sealed class ContractWithCutsAfterTests(ContractWithCutsAfterTests.Fixture fixture)
    : ClusterClientContract(fixture), IClassFixture<ContractWithCutsAfterTests.Fixture>
{
    public sealed class Fixture : ContractCluster
    {
        protected override FaultEffect ReadFault => FaultEffect.CutAfter();
    }
}

public sealed class ContractWithCutBodiesTests(ContractWithCutBodiesTests.Fixture fixture)
    : ClusterClientContract(fixture), IClassFixture<ContractWithCutBodiesTests.Fixture>
{
    public sealed class Fixture : ContractCluster
    {
        protected override FaultEffect ReadFault => FaultEffect.CutInBody();
    }
}

public sealed class ContractWithStalledBodiesTests(ContractWithStalledBodiesTests.Fixture fixture)
    : ClusterClientContract(fixture), IClassFixture<ContractWithStalledBodiesTests.Fixture>
{
    public sealed class Fixture : ContractCluster
    {
        protected override FaultEffect ReadFault => FaultEffect.StallBody();
    }
}

public sealed class ContractWithEarlyEndsTests(ContractWithEarlyEndsTests.Fixture fixture)
    : ClusterClientContract(fixture), IClassFixture<ContractWithEarlyEndsTests.Fixture>
{
    public sealed class Fixture : ContractCluster
    {
        protected override string Version => "v1.34.1";

        protected override FaultEffect WatchFault(int number) => FaultEffect.EndWatch(afterEvents: number % 3);
    }
}

public sealed class ContractWithSilentWatchesTests(ContractWithSilentWatchesTests.Fixture fixture)
    : ClusterClientContract(fixture), IClassFixture<ContractWithSilentWatchesTests.Fixture>
{
    public sealed class Fixture : ContractCluster
    {
        protected override FaultEffect? WatchFault(int number) => number % 3 == 0 ? null : FaultEffect.SilenceWatch(afterEvents: number % 2);
    }
}

public sealed class ContractWithExpiredWatchesTests(ContractWithExpiredWatchesTests.Fixture fixture)
    : ClusterClientContract(fixture), IClassFixture<ContractWithExpiredWatchesTests.Fixture>
{
    public sealed class Fixture : ContractCluster
    {
        protected override FaultEffect WatchFault(int number) => FaultEffect.ExpireWatch(afterEvents: number % 3);
    }
}

public sealed class ContractWithCutWatchesTests(ContractWithCutWatchesTests.Fixture fixture)
    : ClusterClientContract(fixture), IClassFixture<ContractWithCutWatchesTests.Fixture>
{
    public sealed class Fixture : ContractCluster
    {
        protected override string Version => "v1.34.1";

        protected override FaultEffect WatchFault(int number) => FaultEffect.CutWatch(afterEvents: number % 4);
    }
}

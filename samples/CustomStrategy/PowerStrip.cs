using VmNodeOps.Testing;

namespace CustomStrategy;

/// <summary>What powers the machines: in a data centre a strip with an API, here that of the simulated cluster.</summary>
internal sealed class PowerStrip(SimulatedCluster cluster)
{
    public bool IsOn(string node) => cluster.Host(node).HasPower;

    public void SwitchOff(string node) => cluster.CrashNode(node);
}

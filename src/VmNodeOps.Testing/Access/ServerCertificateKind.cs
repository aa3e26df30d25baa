namespace VmNodeOps.Testing.Access;

/// <summary>Which certificate a simulated API server shows, for tests of clients that must refuse a bad one.</summary>
public enum ServerCertificateKind
{
    /// <summary>Signed by the cluster's authority, for the address it listens on.</summary>
    Valid,

    /// <summary>Signed by the cluster's authority, but for another host.</summary>
    OtherHostName,

    /// <summary>Signed by the cluster's authority, no longer valid.</summary>
    Expired,

    /// <summary>Signed by an authority that the kubeconfig does not know.</summary>
    OtherAuthority,
}

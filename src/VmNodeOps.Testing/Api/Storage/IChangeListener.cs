namespace VmNodeOps.Testing.Api.Storage;

/// <summary>Hears of changes at the moment of the write, under the store's lock: it must only note them down.</summary>
internal interface IChangeListener
{
    void Changed(ObjectChange change);
}

namespace VmNodeOps;

/// <summary>The evidence sources that come with the library.</summary>
public static class Evidence
{
    /// <summary>A person answers for it that the node is powered off, or cut off from all storage.</summary>
    /// <param name="who">The person, for the record.</param>
    /// <param name="why">How they know, for the record.</param>
    /// <returns>A source of strong evidence that is valid for 30 minutes; it gives none while the node is Ready.</returns>
    /// <exception cref="ArgumentException">One of them is empty.</exception>
    public static IEvidenceSource OperatorConfirms(string who, string why) => new OperatorConfirmation(who, why);
}

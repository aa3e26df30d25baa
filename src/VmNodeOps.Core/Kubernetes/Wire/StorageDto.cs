namespace VmNodeOps.Kubernetes.Wire;

internal sealed class VolumeAttachmentDto : IObjectDto
{
    public MetadataDto? Metadata { get; init; }

    public VolumeAttachmentSpecDto? Spec { get; init; }

    public VolumeAttachmentStatusDto? Status { get; init; }
}

internal sealed class VolumeAttachmentSpecDto
{
    public string? Attacher { get; init; }

    public string? NodeName { get; init; }

    public VolumeAttachmentSourceDto? Source { get; init; }
}

internal sealed class VolumeAttachmentSourceDto
{
    public string? PersistentVolumeName { get; init; }
}

internal sealed class VolumeAttachmentStatusDto
{
    public bool? Attached { get; init; }

    public VolumeErrorDto? DetachError { get; init; }
}

internal sealed class VolumeErrorDto
{
    public string? Message { get; init; }
}

internal sealed class PersistentVolumeClaimDto : IObjectDto
{
    public MetadataDto? Metadata { get; init; }

    public PersistentVolumeClaimSpecDto? Spec { get; init; }
}

internal sealed class PersistentVolumeClaimSpecDto
{
    public string? VolumeName { get; init; }

    public List<string>? AccessModes { get; init; }
}

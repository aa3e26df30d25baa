namespace VmNodeOps.Kubernetes.Wire;

internal sealed class VolumeAttachmentDto : IObjectDto
{
    public MetadataDto? Metadata { get; set; }

    public VolumeAttachmentSpecDto? Spec { get; set; }

    public VolumeAttachmentStatusDto? Status { get; set; }
}

internal sealed class VolumeAttachmentSpecDto
{
    public string? Attacher { get; set; }

    public string? NodeName { get; set; }

    public VolumeAttachmentSourceDto? Source { get; set; }
}

internal sealed class VolumeAttachmentSourceDto
{
    public string? PersistentVolumeName { get; set; }
}

internal sealed class VolumeAttachmentStatusDto
{
    public bool? Attached { get; set; }

    public VolumeErrorDto? DetachError { get; set; }
}

internal sealed class VolumeErrorDto
{
    public string? Message { get; set; }
}

internal sealed class PersistentVolumeClaimDto : IObjectDto
{
    public MetadataDto? Metadata { get; set; }

    public PersistentVolumeClaimSpecDto? Spec { get; set; }
}

internal sealed class PersistentVolumeClaimSpecDto
{
    public string? VolumeName { get; set; }

    public List<string>? AccessModes { get; set; }
}

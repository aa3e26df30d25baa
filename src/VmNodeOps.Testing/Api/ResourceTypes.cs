namespace VmNodeOps.Testing.Api;

/// <summary>Every resource that the simulated API server serves.</summary>
internal static class ResourceTypes
{
    public static readonly ResourceType Nodes = new()
    {
        Group = "", Version = "v1", Kind = "Node", Plural = "nodes", Singular = "node", Namespaced = false, ShortNames = ["no"],
        HasStatus = true, SelectableFields = ["spec.unschedulable"],
    };

    public static readonly ResourceType Pods = new()
    {
        Group = "", Version = "v1", Kind = "Pod", Plural = "pods", Singular = "pod", ShortNames = ["po"], Categories = ["all"],
        HasStatus = true,
        SelectableFields =
        [
            "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase",
            "status.podIP", "status.nominatedNodeName",
        ],
    };

    public static readonly ResourceType Namespaces = new()
    {
        Group = "", Version = "v1", Kind = "Namespace", Plural = "namespaces", Singular = "namespace", Namespaced = false,
        ShortNames = ["ns"], HasStatus = true, SelectableFields = ["status.phase"],
    };

    public static readonly ResourceType Events = new()
    {
        Group = "", Version = "v1", Kind = "Event", Plural = "events", Singular = "event", ShortNames = ["ev"],
        SelectableFields =
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
            "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
        ],
    };

    public static readonly ResourceType ConfigMaps = new()
    {
        Group = "", Version = "v1", Kind = "ConfigMap", Plural = "configmaps", Singular = "configmap", ShortNames = ["cm"],
    };

    public static readonly ResourceType Secrets = new()
    {
        Group = "", Version = "v1", Kind = "Secret", Plural = "secrets", Singular = "secret", SelectableFields = ["type"],
    };

    public static readonly ResourceType ServiceAccounts = new()
    {
        Group = "", Version = "v1", Kind = "ServiceAccount", Plural = "serviceaccounts", Singular = "serviceaccount", ShortNames = ["sa"],
    };

    public static readonly ResourceType Services = new()
    {
        Group = "", Version = "v1", Kind = "Service", Plural = "services", Singular = "service", ShortNames = ["svc"], Categories = ["all"],
        HasStatus = true,
    };

    public static readonly ResourceType PersistentVolumes = new()
    {
        Group = "", Version = "v1", Kind = "PersistentVolume", Plural = "persistentvolumes", Singular = "persistentvolume",
        Namespaced = false, ShortNames = ["pv"], HasStatus = true,
    };

    public static readonly ResourceType PersistentVolumeClaims = new()
    {
        Group = "", Version = "v1", Kind = "PersistentVolumeClaim", Plural = "persistentvolumeclaims", Singular = "persistentvolumeclaim",
        ShortNames = ["pvc"], HasStatus = true,
    };

    public static readonly ResourceType Deployments = new()
    {
        Group = "apps", Version = "v1", Kind = "Deployment", Plural = "deployments", Singular = "deployment", ShortNames = ["deploy"],
        Categories = ["all"], HasStatus = true,
    };

    public static readonly ResourceType ReplicaSets = new()
    {
        Group = "apps", Version = "v1", Kind = "ReplicaSet", Plural = "replicasets", Singular = "replicaset", ShortNames = ["rs"],
        Categories = ["all"], HasStatus = true,
    };

    public static readonly ResourceType DaemonSets = new()
    {
        Group = "apps", Version = "v1", Kind = "DaemonSet", Plural = "daemonsets", Singular = "daemonset", ShortNames = ["ds"],
        Categories = ["all"], HasStatus = true,
    };

    public static readonly ResourceType Leases = new()
    {
        Group = "coordination.k8s.io", Version = "v1", Kind = "Lease", Plural = "leases", Singular = "lease",
    };

    public static readonly ResourceType PodDisruptionBudgets = new()
    {
        Group = "policy", Version = "v1", Kind = "PodDisruptionBudget", Plural = "poddisruptionbudgets", Singular = "poddisruptionbudget",
        ShortNames = ["pdb"], HasStatus = true,
    };

    public static readonly ResourceType VolumeAttachments = new()
    {
        Group = "storage.k8s.io", Version = "v1", Kind = "VolumeAttachment", Plural = "volumeattachments", Singular = "volumeattachment",
        Namespaced = false, HasStatus = true,
    };

    public static readonly ResourceType PriorityClasses = new()
    {
        Group = "scheduling.k8s.io", Version = "v1", Kind = "PriorityClass", Plural = "priorityclasses", Singular = "priorityclass",
        Namespaced = false, ShortNames = ["pc"],
    };

    public static readonly ResourceType ClusterRoles = new()
    {
        Group = "rbac.authorization.k8s.io", Version = "v1", Kind = "ClusterRole", Plural = "clusterroles", Singular = "clusterrole",
        Namespaced = false,
    };

    public static readonly ResourceType ClusterRoleBindings = new()
    {
        Group = "rbac.authorization.k8s.io", Version = "v1", Kind = "ClusterRoleBinding", Plural = "clusterrolebindings",
        Singular = "clusterrolebinding", Namespaced = false,
    };

    public static readonly ResourceType Roles = new()
    {
        Group = "rbac.authorization.k8s.io", Version = "v1", Kind = "Role", Plural = "roles", Singular = "role",
    };

    public static readonly ResourceType RoleBindings = new()
    {
        Group = "rbac.authorization.k8s.io", Version = "v1", Kind = "RoleBinding", Plural = "rolebindings", Singular = "rolebinding",
    };

    public static readonly ResourceType KubeVirts = new()
    {
        Group = "kubevirt.io", Version = "v1", Kind = "KubeVirt", Plural = "kubevirts", Singular = "kubevirt", ShortNames = ["kv", "kvs"],
        Categories = ["all"], HasStatus = true, Custom = true,
    };

    public static readonly ResourceType VirtualMachines = new()
    {
        Group = "kubevirt.io", Version = "v1", Kind = "VirtualMachine", Plural = "virtualmachines", Singular = "virtualmachine",
        ShortNames = ["vm", "vms"], Categories = ["all"], HasStatus = true, Custom = true,
    };

    /// <summary>No status subresource: KubeVirt's own components patch the main resource.</summary>
    public static readonly ResourceType VirtualMachineInstances = new()
    {
        Group = "kubevirt.io", Version = "v1", Kind = "VirtualMachineInstance", Plural = "virtualmachineinstances",
        Singular = "virtualmachineinstance", ShortNames = ["vmi", "vmis"], Categories = ["all"], Custom = true,
    };

    public static readonly ResourceType VirtualMachineInstanceMigrations = new()
    {
        Group = "kubevirt.io", Version = "v1", Kind = "VirtualMachineInstanceMigration", Plural = "virtualmachineinstancemigrations",
        Singular = "virtualmachineinstancemigration", ShortNames = ["vmim", "vmims"], Categories = ["all"], HasStatus = true, Custom = true,
    };

    public static readonly ResourceType VirtualMachineInstanceReplicaSets = new()
    {
        Group = "kubevirt.io", Version = "v1", Kind = "VirtualMachineInstanceReplicaSet", Plural = "virtualmachineinstancereplicasets",
        Singular = "virtualmachineinstancereplicaset", ShortNames = ["vmirs", "vmirss"], Categories = ["all"], HasStatus = true, Custom = true,
    };

    /// <summary>All of them, in the order of discovery: core first, then by group.</summary>
    public static readonly IReadOnlyList<ResourceType> All =
    [
        ConfigMaps, Events, Namespaces, Nodes, PersistentVolumeClaims, PersistentVolumes, Pods, Secrets, ServiceAccounts, Services,
        DaemonSets, Deployments, ReplicaSets, Leases, PodDisruptionBudgets, ClusterRoleBindings, ClusterRoles, RoleBindings, Roles,
        PriorityClasses, VolumeAttachments, KubeVirts, VirtualMachineInstanceMigrations, VirtualMachineInstanceReplicaSets,
        VirtualMachineInstances, VirtualMachines,
    ];
}

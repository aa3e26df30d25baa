using System.Globalization;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Benchmarks.Server;

/// <summary>Fills a server with nodes, pods and attachments of realistic size that are none of the run's business.</summary>
internal sealed class CrowdWriter(IClusterApi api)
{
    private const int Moment = 20_000;
    private long _number;

    public void Write(Crowd crowd)
    {
        Each(crowd.Nodes, number => api.Import(ResourceTypes.Nodes, NodeOf(number)));
        Each(crowd.Pods, number => api.Import(ResourceTypes.Pods, PodOf(number, crowd.Nodes)));
        Each(crowd.Attachments, number => api.Import(ResourceTypes.VolumeAttachments, AttachmentOf(number, crowd.Nodes)));
    }

    /// <summary>In lots, so that the clock's other work is not held up for minutes.</summary>
    private void Each(int count, Action<int> write)
    {
        for (var first = 0; first < count; first += Moment)
        {
            var from = first;
            api.Time.Invoke(() =>
            {
                for (var number = from; number < Math.Min(count, from + Moment); number++)
                {
                    write(number);
                }
            });
        }
    }

    private static string NodeName(int number) => string.Create(CultureInfo.InvariantCulture, $"crowd-{number:0000}");

    private string NextUid() => string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-{++_number:000000000000}");

    private JsonObject NodeOf(int number) => JsonNode.Parse($$$$"""
        {"apiVersion":"v1","kind":"Node",
         "metadata":{"name":"{{{{NodeName(number)}}}}","uid":"{{{{NextUid()}}}}","creationTimestamp":"2026-01-01T00:00:00Z","labels":{"kubernetes.io/hostname":"{{{{NodeName(number)}}}}"}},
         "spec":{"unschedulable":true,"taints":[{"effect":"NoSchedule","key":"node.kubernetes.io/unschedulable","timeAdded":"2026-01-01T00:00:00Z"}]},
         "status":{"conditions":[{"type":"Ready","status":"True","reason":"KubeletReady","message":"kubelet is posting ready status","lastHeartbeatTime":"2026-01-01T00:00:00Z","lastTransitionTime":"2026-01-01T00:00:00Z"}],
           "capacity":{"cpu":"64","memory":"256Gi","pods":"250"},"allocatable":{"cpu":"64","memory":"256Gi","pods":"250"},"nodeInfo":{"bootID":"{{{{NextUid()}}}}","kubeletVersion":"v1.34.1"}}}
        """)!.AsObject();

    private JsonObject PodOf(int number, int nodes) => JsonNode.Parse($$$$"""
        {"apiVersion":"v1","kind":"Pod",
         "metadata":{"name":"app-{{{{number}}}}-7d9c8b6f5-x2x2x","namespace":"crowd","uid":"{{{{NextUid()}}}}","creationTimestamp":"2026-01-01T00:00:00Z","labels":{"app":"app-{{{{number / 3}}}}","pod-template-hash":"7d9c8b6f5"},
           "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"app-{{{{number / 3}}}}-7d9c8b6f5","uid":"0000","controller":true,"blockOwnerDeletion":true}]},
         "spec":{"nodeName":"{{{{NodeName(number % nodes)}}}}","serviceAccountName":"default","terminationGracePeriodSeconds":30,
           "containers":[{"name":"app","image":"registry.invalid/app:1","resources":{"requests":{"cpu":"100m","memory":"128Mi"}},"volumeMounts":[{"name":"token","mountPath":"/var/run/secrets/kubernetes.io/serviceaccount","readOnly":true}]}],
           "volumes":[{"name":"token","projected":{"defaultMode":420,"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}}]}}],
           "tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}]},
         "status":{"phase":"Running","podIP":"10.1.2.3","startTime":"2026-01-01T00:00:00Z","qosClass":"Burstable",
           "conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"},{"type":"PodScheduled","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"}],
           "containerStatuses":[{"name":"app","ready":true,"restartCount":0,"image":"registry.invalid/app:1","imageID":"registry.invalid/app@sha256:0000","state":{"running":{"startedAt":"2026-01-01T00:00:00Z"}}}]}}
        """)!.AsObject();

    private JsonObject AttachmentOf(int number, int nodes) => JsonNode.Parse($$$$"""
        {"apiVersion":"storage.k8s.io/v1","kind":"VolumeAttachment",
         "metadata":{"name":"crowd-{{{{number}}}}-9c1185a5c5e9fc54612808977ee8f548b2258d31","uid":"{{{{NextUid()}}}}","creationTimestamp":"2026-01-01T00:00:00Z","finalizers":["external-attacher/csi-simulated-example"],
           "annotations":{"csi.alpha.kubernetes.io/node-id":"{{{{NodeName(number % nodes)}}}}"},
           "managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"storage.k8s.io/v1","time":"2026-01-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:attacher":{},"f:nodeName":{},"f:source":{"f:persistentVolumeName":{} } } } },
             {"manager":"csi-attacher","operation":"Update","apiVersion":"storage.k8s.io/v1","time":"2026-01-01T00:00:00Z","subresource":"status","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:annotations":{".":{},"f:csi.alpha.kubernetes.io/node-id":{}},"f:finalizers":{".":{},"v:\"external-attacher/csi-simulated-example\"":{}}},"f:status":{"f:attached":{} } } } ]},
         "spec":{"attacher":"csi.crowd.example","nodeName":"{{{{NodeName(number % nodes)}}}}","source":{"persistentVolumeName":"pv-crowd-{{{{number}}}}"}},
         "status":{"attached":true}}
        """)!.AsObject();
}

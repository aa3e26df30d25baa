using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Tests.Kubernetes;

/// <summary>Every recorded answer of a real server goes through the adapter's readers.</summary>
public sealed class RecordedAnswersTests
{
    /// <summary>Answers that the adapter never asks for: discovery, tables for people, metadata alone, namespaces, health.</summary>
    private static readonly string[] NeverAsked =
    [
        "APIGroupDiscoveryList", "APIGroupList", "APIResourceList", "APIVersions", "Table", "PartialObjectMetadataList", "Namespace",
    ];

    private static readonly ApiRequest Asked = new() { Method = HttpMethod.Get, Target = "/x", What = "try" };

    public static TheoryData<string> Files()
    {
        var data = new TheoryData<string>();
        foreach (var file in Directory.EnumerateFiles(Folder(), "*.json").Order(StringComparer.Ordinal))
        {
            data.Add(Path.GetFileNameWithoutExtension(file));
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Is_understood(string name)
    {
        var response = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder(), name + ".json")))!["response"]!;
        var status = (int)response["status"]!;
        var body = response["body"];

        if (status >= 400)
        {
            Refusal(status, response);
        }
        else if (body is JsonArray events)
        {
            Watch(events);
        }
        else if (body is JsonObject value)
        {
            Read((string?)value["kind"] ?? "version", value);
        }
        else
        {
            ((string?)body).Should().BeOneOf("", "ok", null);
        }
    }

    [Fact]
    public void All_are_there() => Files().Should().HaveCountGreaterThan(120);

    private static void Refusal(int code, JsonNode response)
    {
        var text = response["body"] is JsonObject status ? status.ToJsonString() : (string)response["body"]!;
        using var message = new HttpResponseMessage((HttpStatusCode)code) { Content = new StringContent(text) };
        message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse((string)response["headers"]!["content-type"]!);
        if ((string?)response["headers"]!["retry-after"] is { } after)
        {
            message.Headers.TryAddWithoutValidation("Retry-After", after);
        }

        var told = Refusals.Of(Asked, message, Encoding.UTF8.GetBytes(text), "https://server");

        told.Status!.Code.Should().Be(code);
        if (response["body"] is not JsonObject said)
        {
            told.Cause.Should().Be(ClusterErrorCause.NotKubernetes);
            return;
        }

        told.Status.Message.Should().Be((string?)said["message"] ?? "");
        told.Status.Reason.Should().Be((string?)said["reason"] ?? "");
        told.Status.Causes.Should().HaveCount((said["details"]?["causes"] as JsonArray)?.Count ?? 0);
        told.Status.RetryAfter?.TotalSeconds.Should().Be((int?)said["details"]?["retryAfterSeconds"] ?? 0);
        told.Cause.Should().NotBe(ClusterErrorCause.Unknown);
        told.Message.Should().StartWith("Could not try: ").And.Contain(told.Status.Message.TrimEnd('.'));
    }

    private static void Watch(JsonArray events)
    {
        foreach (var recorded in events)
        {
            var bytes = Encoding.UTF8.GetBytes(recorded!.ToJsonString());
            var line = WatchLine.Parse(bytes);
            line.Kind.ToString().ToUpperInvariant().Should().Be((string)recorded["type"]!);
            if (line.Kind == WatchLineKind.Bookmark)
            {
                JsonSerializer.Deserialize(line.Body, WireJson.Default.BookmarkDto)!.Metadata!.ResourceVersion.Should().NotBeNullOrEmpty();
            }
            else if (line.Kind == WatchLineKind.Error)
            {
                JsonSerializer.Deserialize(line.Body, WireJson.Default.StatusDto)!.Code.Should().Be(410);
            }
            else
            {
                Read((string)recorded["object"]!["kind"]!, recorded["object"]!.AsObject());
            }
        }
    }

    private static void Read(string kind, JsonObject value)
    {
        var bytes = Encoding.UTF8.GetBytes(value.ToJsonString());
        switch (kind)
        {
            case "Node" or "NodeList":
                Objects(kind, bytes, value, Resources.Nodes);
                break;
            case "Pod" or "PodList":
                Objects(kind, bytes, value, Resources.Pods);
                break;
            case "VirtualMachineList":
                Objects(kind, bytes, value, Resources.VirtualMachines);
                break;
            case "VirtualMachineInstance" or "VirtualMachineInstanceList":
                Objects(kind, bytes, value, Resources.VirtualMachineInstances);
                break;
            case "VirtualMachineInstanceMigration":
                Objects(kind, bytes, value, Resources.Migrations);
                break;
            case "KubeVirtList":
                Objects(kind, bytes, value, Resources.KubeVirtInstallations);
                break;
            case "VolumeAttachment" or "VolumeAttachmentList":
                Objects(kind, bytes, value, Resources.VolumeAttachments);
                break;
            case "PodDisruptionBudgetList":
                Objects(kind, bytes, value, Resources.DisruptionBudgets);
                break;
            case "Lease" or "LeaseList":
                Objects(kind, bytes, value, Resources.Leases);
                break;
            case "Event":
                Objects(kind, bytes, value, Resources.Events);
                break;
            case "SelfSubjectAccessReview":
                JsonSerializer.Deserialize(bytes, WireJson.Default.AccessReviewDto)!.Status!.Allowed.Should().NotBeNull();
                break;
            case "Status":
                JsonSerializer.Deserialize(bytes, WireJson.Default.StatusDto)!.Kind.Should().Be("Status");
                break;
            case "version":
                JsonSerializer.Deserialize(bytes, WireJson.Default.VersionDto)!.GitVersion.Should().StartWith("v1.");
                break;
            default:
                NeverAsked.Should().Contain(kind);
                break;
        }
    }

    private static void Objects<TDto, T>(string kind, byte[] bytes, JsonObject value, Resource<TDto, T> resource)
        where TDto : class, IObjectDto
        where T : ClusterObject
    {
        var read = new List<T>();
        if (kind.EndsWith("List", StringComparison.Ordinal))
        {
            var page = ListPage.Read(bytes, resource.Type, wanted: null, dto => read.Add(resource.Map(dto)!));
            page.ResourceVersion.Should().Be((string?)value["metadata"]!["resourceVersion"]);
            (page.Continue ?? "").Should().Be((string?)value["metadata"]!["continue"] ?? "");
            read.Should().HaveCount(value["items"]!.AsArray().Count);
        }
        else
        {
            read.Add(resource.Map(JsonSerializer.Deserialize(bytes, (JsonTypeInfo<TDto>)resource.Type)!)!);
        }

        foreach (var (item, metadata) in read.Zip(kind.EndsWith("List", StringComparison.Ordinal)
            ? value["items"]!.AsArray().Select(item => item!["metadata"]!)
            : [value["metadata"]!]))
        {
            item.Name.Should().Be(new ObjectName((string?)metadata["namespace"], (string)metadata["name"]!));
            item.Uid.Should().Be((string)metadata["uid"]!);
            item.Labels.Count.Should().Be((metadata["labels"] as JsonObject)?.Count ?? 0);
            item.IsDeleting.Should().Be(metadata["deletionTimestamp"] is not null);
            item.Owners.Should().HaveCount((metadata["ownerReferences"] as JsonArray)?.Count ?? 0);
        }
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "wire"));
}

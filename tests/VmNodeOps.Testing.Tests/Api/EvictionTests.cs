using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Api;

public sealed class EvictionTests : IDisposable
{
    private readonly TestApi _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void An_eviction_marks_the_pod_as_disrupted_and_deletes_it_gracefully()
    {
        _test.CreatePod("a");

        var answer = (JsonAnswer)Evict("a");

        (answer.StatusCode, (string)answer.Body!["status"]!).Should().Be((201, "Success"));
        var pod = _test.Api.Get(ResourceTypes.Pods, "default", "a")!;
        ((long)pod.At("metadata.deletionGracePeriodSeconds")!).Should().Be(30);
        pod.At("status.conditions")!.AsArray().Select(condition => (string)condition!["type"]!).Should().Equal("Ready", "DisruptionTarget");
        Evict("a").Should().BeOfType<JsonAnswer>("evicting what already goes is fine");
    }

    [Fact]
    public void Names_pods_and_preconditions_are_checked()
    {
        var pod = _test.CreatePod("a");

        TestApi.Refusal(() => Evict("a", """{"metadata":{}}""")).Should().Be("400 BadRequest: name in URL does not match name in Eviction object");
        TestApi.Refusal(() => Evict("nope")).Should().Be("404 NotFound: pods \"nope\" not found");
        TestApi.Refusal(() => Evict("a", """{"metadata":{"name":"a"},"deleteOptions":{"preconditions":{"uid":"x"}}}""")).Should().Contain($"({pod.Uid})");
        _test.Api.Get(ResourceTypes.Pods, "default", "a").Should().BeSameAs(pod);
    }

    [Fact]
    public void A_resourceVersion_that_holds_before_the_eviction_is_enough()
    {
        var pod = _test.CreatePod("a");

        _test.Api.Evict("default", "a", new DeleteRequest { ResourceVersion = (string)pod.At("metadata.resourceVersion")! });

        _test.Api.Get(ResourceTypes.Pods, "default", "a")!.IsDeleting.Should().BeTrue();
    }

    [Fact]
    public void A_budget_without_a_disruption_left_refuses_and_one_with_gives_it_away()
    {
        _test.CreatePod("a", labels: """{"app":"x"}""");
        CreateBudget("b", allowed: 0);

        var refused = () => Evict("a");
        var error = refused.Should().Throw<ApiErrorException>().Which;
        (error.Code, (string)error.Status["reason"]!, error.RetryAfterSeconds).Should().Be((429, "TooManyRequests", null));
        error.Status["details"]!.ToJsonString().Should().Be(
            """{"causes":[{"reason":"DisruptionBudget","message":"The disruption budget b needs 1 healthy pods and has 1 currently"}]}""");

        SetBudget("b", status => status["disruptionsAllowed"] = 1);
        Evict("a");
        var budget = _test.Api.Get(ResourceTypes.PodDisruptionBudgets, "default", "b")!;
        ((long)budget.At("status.disruptionsAllowed")!).Should().Be(0);
        budget.At("status.disruptedPods.a").Should().NotBeNull();
    }

    [Fact]
    public void A_budget_that_is_not_processed_yet_says_when_to_come_again()
    {
        _test.CreatePod("a", labels: """{"app":"x"}""");
        CreateBudget("b", allowed: 1);
        SetBudget("b", status => status["observedGeneration"] = 0);

        var refused = () => Evict("a");

        var error = refused.Should().Throw<ApiErrorException>().Which;
        (error.Code, error.RetryAfterSeconds).Should().Be((429, 10));
        error.Status["details"]!["causes"]![0]!["message"]!.ToString().Should().Be("The disruption budget b is still being processed by the server.");
    }

    [Fact]
    public void Two_budgets_are_a_500_for_good()
    {
        _test.CreatePod("a", labels: """{"app":"x"}""");
        CreateBudget("b", allowed: 1);
        CreateBudget("c", allowed: 1);

        TestApi.Refusal(() => Evict("a")).Should().Be(
            "500 : This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
    }

    [Theory]
    [InlineData("Pending")]
    [InlineData("Succeeded")]
    public void Pods_that_do_not_run_pass_budgets(string phase)
    {
        _test.CreatePod("a", phase: phase, labels: """{"app":"x"}""");
        CreateBudget("b", allowed: 0);

        Evict("a").Should().BeOfType<JsonAnswer>();
    }

    [Theory]
    [InlineData("AlwaysAllow", 0, true)]
    [InlineData("IfHealthyBudget", 0, false)]
    [InlineData("IfHealthyBudget", 1, true)]
    public void A_pod_that_is_not_ready_goes_by_the_policy(string policy, int healthy, bool goes)
    {
        _test.CreatePod("a", labels: """{"app":"x"}""");
        _test.Api.Modify(ResourceTypes.Pods, "default", "a", json => json["status"]!["conditions"]![0]!["status"] = "False");
        CreateBudget("b", allowed: 0);
        SetBudget("b", status => status["currentHealthy"] = healthy);
        _test.Api.Modify(ResourceTypes.PodDisruptionBudgets, "default", "b", json =>
        {
            json["spec"]!["unhealthyPodEvictionPolicy"] = policy;
            json["status"]!["observedGeneration"] = 2;
        });

        var evict = () => Evict("a");
        if (goes)
        {
            evict.Should().NotThrow();
        }
        else
        {
            evict.Should().Throw<ApiErrorException>();
        }
    }

    [Fact]
    public void A_dry_run_asks_budgets_and_admission_and_leaves_no_trace()
    {
        var pod = _test.CreatePod("a", labels: """{"app":"x"}""");
        CreateBudget("b", allowed: 1);
        var before = _test.Api.Revision;

        Evict("a", query: "dryRun=All");
        Evict("a", """{"metadata":{"name":"a"},"deleteOptions":{"dryRun":["All"]}}""");

        _test.Api.Revision.Should().Be(before);
        _test.Api.Get(ResourceTypes.Pods, "default", "a").Should().BeSameAs(pod);
    }

    [Fact]
    public void Admission_is_asked_before_budgets()
    {
        _test.CreatePod("a", labels: """{"app":"x"}""");
        CreateBudget("b", allowed: 0);
        _test.Api.AddAdmission(new Denial());

        TestApi.Refusal(() => Evict("a")).Should().Be("429 : denied");
    }

    private ApiAnswer Evict(string name, string? body = null, string query = "") =>
        _test.Call("create", ResourceTypes.Pods, name, body ?? "{\"metadata\":{\"name\":\"" + name + "\"}}", query, "eviction");

    private void CreateBudget(string name, int allowed)
    {
        var body = TestApi.Json(
            """
            {"metadata":{"namespace":"default"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"x"}}},
             "status":{"observedGeneration":1,"currentHealthy":1,"desiredHealthy":1,"expectedPods":1}}
            """);
        body["metadata"]!["name"] = name;
        body["status"]!["disruptionsAllowed"] = allowed;
        _test.Api.Create(ResourceTypes.PodDisruptionBudgets, body);
    }

    private void SetBudget(string name, Action<JsonNode> change) =>
        _test.Api.Modify(ResourceTypes.PodDisruptionBudgets, "default", name, json => change(json["status"]!));

    private sealed class Denial : IAdmission
    {
        public void Admit(AdmissionRequest request)
        {
            if (request.Subresource == "eviction")
            {
                throw ApiErrorException.Create(429, null, "denied");
            }
        }
    }
}

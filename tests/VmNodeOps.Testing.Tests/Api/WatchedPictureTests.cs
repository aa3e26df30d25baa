using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Api;

public sealed class WatchedPictureTests
{
    public static IEnumerable<object[]> Seeds => Enumerable.Range(1, 25).Select(seed => new object[] { seed });

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_a_client_sees_by_watching_is_what_the_server_has(int seed)
    {
        using var test = new TestApi();
        test.Api.Features.WatchBuffer = 5;
        test.Api.HistoryLimit = 40;
        var random = new Random(seed);
        using var all = new WatchedPicture(test, "");
        using var labelled = new WatchedPicture(test, "labelSelector=l=1");
        using var bound = new WatchedPicture(test, "fieldSelector=spec.nodeName=n1");

        for (var step = 0; step < 400; step++)
        {
            Act(test, random);
            foreach (var picture in (WatchedPicture[])[all, labelled, bound])
            {
                picture.Read(random.Next(4));
            }

            if (random.Next(40) == 0)
            {
                await all.CatchUpAsync();
            }
        }

        foreach (var picture in (WatchedPicture[])[all, labelled, bound])
        {
            await picture.CatchUpAsync();
        }

        Compare(all, test, _ => true);
        Compare(labelled, test, pod => pod.Labels.GetValueOrDefault("l") == "1");
        Compare(bound, test, pod => pod.NodeName == "n1");
    }

    private static void Act(TestApi test, Random random)
    {
        var name = $"p{random.Next(12)}";
        switch (random.Next(20))
        {
            case < 6:
                Create(test, random, name);
                break;
            case < 12:
                test.Api.Modify(ResourceTypes.Pods, "default", name, json => Change(json, random));
                break;
            case < 15:
                test.Api.Delete(ResourceTypes.Pods, "default", name, DeleteRequest.Force);
                break;
            case < 17:
                test.Api.Delete(ResourceTypes.Pods, "default", name);
                break;
            case 17:
                test.Api.EndWatches();
                break;
            case 18 when random.Next(3) == 0:
                test.Api.Compact();
                break;
        }
    }

    private static void Create(TestApi test, Random random, string name)
    {
        if (test.Api.Get(ResourceTypes.Pods, "default", name) is null)
        {
            var pod = TestApi.Pod(name, node: random.Next(2) == 0 ? "n1" : "n2");
            Change(pod, random);
            test.Api.Create(ResourceTypes.Pods, pod);
        }
    }

    private static void Change(JsonObject pod, Random random)
    {
        pod["metadata"]!["labels"] = new JsonObject { ["l"] = random.Next(2).ToString(System.Globalization.CultureInfo.InvariantCulture) };
        pod["status"]!["message"] = random.Next(5);
    }

    private static void Compare(WatchedPicture picture, TestApi test, Func<StoredObject, bool> chosen) =>
        picture.Objects.Select(entry => $"{entry.Key} {entry.Value}").Should().Equal(
            test.Api.List(ResourceTypes.Pods).Where(chosen).Select(pod => $"{pod.Name} {System.Text.Encoding.UTF8.GetString(pod.Utf8.Span)}"));
}

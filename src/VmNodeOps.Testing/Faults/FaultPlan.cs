using VmNodeOps.Testing.Hosting;

namespace VmNodeOps.Testing.Faults;

/// <summary>What goes wrong with one request, all rules taken together.</summary>
internal sealed record FaultPlan
{
    public static FaultPlan None { get; } = new();

    public string? Label { get; init; }

    public bool Dropped { get; init; }

    public TimeSpan Delay { get; init; }

    public TimeSpan DelayAnswer { get; init; }

    public StatusEffect? Status { get; init; }

    public CutPoint? Cut { get; init; }

    public WatchEffect? Watch { get; init; }

    /// <summary>Whether such an effect would do anything: effects for watches strike watches only, and one main effect is enough.</summary>
    public bool HasRoomFor(FaultEffect effect, LoggedRequest request) => effect switch
    {
        DelayEffect or DelayAnswerEffect => true,
        WatchEffect => request.Verb == "watch" && Free,
        _ => Free,
    };

    public FaultPlan With(FaultRule rule, LoggedRequest request)
    {
        var effect = rule.Effect is ChosenEffect chosen ? chosen.Effect(request) : rule.Effect;
        if (effect is null)
        {
            return this;
        }

        var name = rule.Label ?? effect.ToString();
        var plan = this with { Label = Label is null ? name : $"{Label}, {name}" };
        return effect switch
        {
            DelayEffect delay => plan with { Delay = Delay + delay.Duration },
            DelayAnswerEffect delay => plan with { DelayAnswer = DelayAnswer + delay.Duration },
            StatusEffect status => plan with { Status = status },
            CutEffect cut => plan with { Cut = cut.Point },
            WatchEffect watch => plan with { Watch = watch },
            _ => throw new InvalidOperationException($"A fault cannot be chosen by another choice: {effect}"),
        };
    }

    private bool Free => Status is null && Cut is null && Watch is null;
}

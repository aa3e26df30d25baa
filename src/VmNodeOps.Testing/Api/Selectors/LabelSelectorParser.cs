using System.Text;

namespace VmNodeOps.Testing.Api.Selectors;

/// <summary>Reads label selectors: <c>a=b,c!=d,e in (f,g),h,!i,j&gt;5</c>; errors are worded as a real server words them.</summary>
internal sealed class LabelSelectorParser(string text)
{
    private const string Operators = "in, notin, =, ==, !=, gt, lt";

    private static readonly string[] Symbols = ["==", "!=", "=", ">", "<", "!", ",", "(", ")"];

    private readonly List<string> _tokens = Tokenize(text);
    private int _position;

    public IReadOnlyList<LabelRequirement> Parse()
    {
        var requirements = new List<LabelRequirement>();
        while (true)
        {
            requirements.Add(Requirement());
            var next = Take();
            if (next.Length == 0)
            {
                return requirements;
            }

            if (next != ",")
            {
                throw Refuse($"found '{next}', expected: ',' or 'end of string'");
            }

            if (Peek().Length == 0)
            {
                throw Refuse("found '', expected: identifier after ','");
            }
        }
    }

    private LabelRequirement Requirement()
    {
        var negated = Peek() == "!";
        if (negated)
        {
            Take();
        }

        var key = Take();
        if (key.Length == 0 || Symbols.Contains(key))
        {
            throw Refuse($"found '{key}', expected: !, identifier, or 'end of string'");
        }

        if (negated)
        {
            return new LabelRequirement(key, LabelOperator.DoesNotExist, []);
        }

        if (Peek() is "" or ",")
        {
            return new LabelRequirement(key, LabelOperator.Exists, []);
        }

        return Compare(key, Take());
    }

    private LabelRequirement Compare(string key, string symbol) => symbol switch
    {
        "=" or "==" => new LabelRequirement(key, LabelOperator.In, [Value()]),
        "!=" => new LabelRequirement(key, LabelOperator.NotIn, [Value()]),
        ">" or "gt" => new LabelRequirement(key, LabelOperator.GreaterThan, [Value()]),
        "<" or "lt" => new LabelRequirement(key, LabelOperator.LessThan, [Value()]),
        "in" => new LabelRequirement(key, LabelOperator.In, Values()),
        "notin" => new LabelRequirement(key, LabelOperator.NotIn, Values()),
        _ => throw Refuse($"found '{symbol}', expected: {Operators}"),
    };

    private string Value()
    {
        if (Peek() is "" or ",")
        {
            return "";
        }

        var value = Take();
        return Symbols.Contains(value) ? throw Refuse($"found '{value}', expected: identifier") : value;
    }

    private List<string> Values()
    {
        if (Take() is var open && open != "(")
        {
            throw Refuse($"found '{open}' expected: '('");
        }

        var values = new List<string>();
        while (true)
        {
            values.Add(Peek() is "," or ")" ? "" : Take());
            switch (Take())
            {
                case ",":
                    break;
                case ")":
                    return values;
                case var other:
                    throw Refuse($"found '{other}', expected: ',' or ')'");
            }
        }
    }

    private string Peek() => _position < _tokens.Count ? _tokens[_position] : "";

    private string Take() => _position < _tokens.Count ? _tokens[_position++] : "";

    private static ApiErrorException Refuse(string why) => ApiErrors.BadRequest("unable to parse requirement: " + why);

    private static List<string> Tokenize(string text)
    {
        var tokens = new List<string>();
        var word = new StringBuilder();
        for (var index = 0; index < text.Length;)
        {
            var symbol = Array.Find(Symbols, candidate => string.CompareOrdinal(text, index, candidate, 0, candidate.Length) == 0);
            if (symbol is null && !char.IsWhiteSpace(text[index]))
            {
                word.Append(text[index++]);
                continue;
            }

            if (word.Length > 0)
            {
                tokens.Add(word.ToString());
                word.Clear();
            }

            if (symbol is not null)
            {
                tokens.Add(symbol);
            }

            index += symbol?.Length ?? 1;
        }

        if (word.Length > 0)
        {
            tokens.Add(word.ToString());
        }

        return tokens;
    }
}

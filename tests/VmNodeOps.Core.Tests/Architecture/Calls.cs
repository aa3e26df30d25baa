using System.Reflection;
using System.Reflection.Emit;

namespace VmNodeOps.Tests.Architecture;

/// <summary>Reads the calls out of the compiled methods of an assembly.</summary>
internal static class Calls
{
    private const BindingFlags Everything =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OneByte = [];
    private static readonly Dictionary<short, OpCode> TwoByte = [];

    static Calls()
    {
        foreach (var code in typeof(OpCodes).GetFields(BindingFlags.Static | BindingFlags.Public).Select(field => (OpCode)field.GetValue(null)!))
        {
            (code.Size == 1 ? OneByte : TwoByte)[code.Value] = code;
        }
    }

    public static IEnumerable<(MethodBase Caller, MemberInfo Callee)> In(Assembly assembly) =>
        from type in assembly.GetTypes()
        from method in type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything))
        from callee in In(method)
        select (method, callee);

    /// <summary>The type that a person wrote: lambdas and async methods are compiled into types nested in it.</summary>
    public static Type Written(Type type)
    {
        while (type.DeclaringType is { } outer && type.Name.StartsWith('<'))
        {
            type = outer;
        }

        return type;
    }

    private static IEnumerable<MemberInfo> In(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray();
        if (code is null)
        {
            yield break;
        }

        var typeArguments = method.DeclaringType is { IsGenericType: true } generic ? generic.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var position = 0; position < code.Length;)
        {
            var operation = code[position] == 0xFE
                ? TwoByte[BitConverter.ToInt16([code[position + 1], code[position]])]
                : OneByte[code[position]];
            position += operation.Size;
            if (operation.OperandType is OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType or OperandType.InlineField)
            {
                if (Resolve(method.Module, BitConverter.ToInt32(code, position), typeArguments, methodArguments) is { } member)
                {
                    yield return member;
                }
            }

            position += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, position)),
                _ => 4,
            };
        }
    }

    private static MemberInfo? Resolve(Module module, int token, Type[]? typeArguments, Type[]? methodArguments) =>
        module.ResolveMember(token, typeArguments, methodArguments);
}

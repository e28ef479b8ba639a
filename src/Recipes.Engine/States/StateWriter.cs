using System.Buffers;
using System.Text;

namespace Recipes.Engine;

/// <summary>
/// Writes plain data compactly, each value with a tag for its type, so that it is read back as it was. A list or an object that comes again is written once.
/// </summary>
internal sealed class StateWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Dictionary<object, int> _written = new(ReferenceEqualityComparer.Instance);

    public ReadOnlyMemory<byte> ToMemory() => _buffer.WrittenSpan.ToArray();

    public void Write(bool flag) => WriteByte(flag ? (byte)1 : (byte)0);

    public void Write(DateTimeOffset time) => Write(time.UtcTicks);

    /// <summary>Seven bits a byte, the sign in the lowest.</summary>
    public void Write(long number)
    {
        var left = (ulong)((number << 1) ^ (number >> 63));
        var span = _buffer.GetSpan(10);
        var length = 0;
        for (; left >= 0x80; left >>= 7)
            span[length++] = (byte)(left | 0x80);
        span[length++] = (byte)left;
        _buffer.Advance(length);
    }

    public void Write(string? text)
    {
        if (text is null)
        {
            Write(-1);
            return;
        }

        var length = StateText.Utf8.GetByteCount(text);
        Write((long)length);
        StateText.Utf8.GetBytes(text, _buffer.GetSpan(length));
        _buffer.Advance(length);
    }

    /// <exception cref="StepException">It holds something that is no plain data.</exception>
    public void WriteValue(object? value)
    {
        switch (value)
        {
            case null:
                WriteByte(StateTag.Null);
                break;
            case bool flag:
                WriteByte(flag ? StateTag.True : StateTag.False);
                break;
            case string text:
                WriteByte(StateTag.Text);
                Write(text);
                break;
            case long number:
                WriteByte(StateTag.Whole);
                Write(number);
                break;
            case int number:
                WriteByte(StateTag.Whole);
                Write((long)number);
                break;
            case decimal number:
                WriteByte(StateTag.Decimal);
                foreach (var part in decimal.GetBits(number))
                    Write((long)part);
                break;
            case double number:
                WriteByte(StateTag.Double);
                Write(BitConverter.DoubleToInt64Bits(number));
                break;
            case DateTimeOffset time:
                WriteByte(StateTag.Time);
                Write(time.Ticks);
                Write(time.Offset.Ticks);
                break;
            case IReadOnlyDictionary<string, object?> map when !WriteAgain(map):
                WriteByte(StateTag.Map);
                Write((long)map.Count);
                foreach (var (name, item) in map)
                {
                    Write(name);
                    WriteValue(item);
                }

                break;
            case IReadOnlyList<object?> list when !WriteAgain(list):
                WriteByte(StateTag.List);
                Write((long)list.Count);
                foreach (var item in list)
                    WriteValue(item);
                break;
            case IReadOnlyDictionary<string, object?> or IReadOnlyList<object?>:
                break;
            default:
                throw new StepException($"A value of type {value.GetType().Name} cannot be kept.");
        }
    }

    private bool WriteAgain(object value)
    {
        if (_written.TryGetValue(value, out var number))
        {
            WriteByte(StateTag.Again);
            Write((long)number);
            return true;
        }

        _written[value] = _written.Count;
        return false;
    }

    private void WriteByte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }
}

/// <summary>How texts are spelt; half a surrogate pair becomes U+FFFD, as everywhere where text is stored.</summary>
internal static class StateText
{
    public static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
}

/// <summary>What stands before a value.</summary>
internal static class StateTag
{
    public const byte Null = 0;
    public const byte False = 1;
    public const byte True = 2;
    public const byte Text = 3;
    public const byte Whole = 4;
    public const byte Decimal = 5;
    public const byte Double = 6;
    public const byte Time = 7;
    public const byte Map = 8;
    public const byte List = 9;

    /// <summary>A list or an object that was written before, by its number.</summary>
    public const byte Again = 10;
}

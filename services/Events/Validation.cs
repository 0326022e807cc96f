using System.ComponentModel.DataAnnotations;

namespace Ticketing.Events;

/// <summary>Text for people: not blank, not too long, no control characters (line ends only where asked for).</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class TextAttribute : StringLengthAttribute
{
    public TextAttribute(int maximumLength)
        : base(maximumLength) => MinimumLength = 1;

    public bool Lines { get; init; }

    public override bool IsValid(object? value) =>
        value is null
        || base.IsValid(value)
            && value is string text
            && (MinimumLength == 0 || !string.IsNullOrWhiteSpace(text))
            && !text.Any(c => char.IsControl(c) && !(Lines && c is '\n' or '\r' or '\t'));

    public override string FormatErrorMessage(string name) =>
        $"{(MinimumLength == 0 ? "At" : "Not blank, at")} most {MaximumLength} characters, no control characters.";
}

/// <summary>An absolute http(s) address.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class WebAddressAttribute : ValidationAttribute
{
    public const int MaxLength = 2_000;

    public override bool IsValid(object? value) => value is null || IsWebAddress((string)value);

    public override string FormatErrorMessage(string name) => Message;

    public static string Message => $"An absolute http(s) address of at most {MaxLength} characters.";

    public static bool IsWebAddress(string value) =>
        value.Length <= MaxLength
        && !value.Any(char.IsControl)
        && Uri.TryCreate(value, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https";
}

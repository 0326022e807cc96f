using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Validation;

// Experimental, and in .NET 10 the only place to say once what an attribute says; .NET 11 has a localizer for it.
#pragma warning disable ASP0029

namespace Ticketing.ServiceDefaults;

/// <summary>
/// The framework's validation messages name C# properties and types. Who calls the API sees the field's own name beside
/// the message, and needs to know what is accepted: that is said here, by each attribute that refuses the value.
/// </summary>
internal sealed class ValidationMessages(ValidationOptions options) : IValidatableInfoResolver
{
    public static void Add(IServiceCollection services) =>
        services.PostConfigure<ValidationOptions>(o => o.Resolvers.Insert(0, new ValidationMessages(o)));

    public bool TryGetValidatableParameterInfo(
        ParameterInfo parameterInfo,
        [NotNullWhen(true)] out IValidatableInfo? validatableInfo
    )
    {
        validatableInfo = null;
        foreach (var resolver in options.Resolvers.Where(r => r != this))
            if (resolver.TryGetValidatableParameterInfo(parameterInfo, out var found))
            {
                validatableInfo = new Parameter(parameterInfo, found);
                break;
            }
        return validatableInfo is not null;
    }

    public bool TryGetValidatableTypeInfo(Type type, [NotNullWhen(true)] out IValidatableInfo? validatableInfo)
    {
        validatableInfo = null;
        return false;
    }

    private static string Of(ValidationAttribute attribute, object? value)
    {
        var unit = value is string ? "characters" : "entries";
        return attribute switch
        {
            RequiredAttribute => "A value is needed.",
            RangeAttribute a => FormattableString.Invariant($"From {a.Minimum} to {a.Maximum}."),
            MinLengthAttribute a => $"At least {a.Length} {unit}.",
            MaxLengthAttribute a => $"At most {a.Length} {unit}.",
            LengthAttribute a => $"From {a.MinimumLength} to {a.MaximumLength} {unit}.",
            EmailAddressAttribute => "This is not an e-mail address.",
            AllowedValuesAttribute => "Not one of the values that the API's document gives.",
            RegularExpressionAttribute { ErrorMessage: null } => "Not in the form that the API's document gives.",
            StringLengthAttribute a when a.GetType() == typeof(StringLengthAttribute) => a.MinimumLength == 0
                ? $"At most {a.MaximumLength} characters."
                : $"From {a.MinimumLength} to {a.MaximumLength} characters.",
            // It has words of its own.
            _ => attribute.FormatErrorMessage(""),
        };
    }

    private sealed class Parameter(ParameterInfo parameter, IValidatableInfo framework) : IValidatableInfo
    {
        public async Task ValidateAsync(object? value, ValidateContext context, CancellationToken cancellationToken)
        {
            var refused = new List<ValidationErrorContext>();
            context.OnValidationError += refused.Add;
            await framework.ValidateAsync(value, context, cancellationToken);
            context.OnValidationError -= refused.Add;
            foreach (var error in refused)
            {
                var messages = error.Container is { } container
                    ? MessagesOf(container.GetType(), error.Name, container)
                    : MessagesOf(parameter.GetCustomAttributes<ValidationAttribute>(), value);
                if (messages is not [])
                    context.ValidationErrors![error.Path] = messages;
            }
        }

        private static string[] MessagesOf(Type type, string name, object container) =>
            type.GetProperty(name) is { } property
                ? MessagesOf(
                    property
                        .GetCustomAttributes<ValidationAttribute>()
                        // A record's, too, that were not sent on to the property.
                        .Concat(
                            type.GetConstructors()
                                .SelectMany(c => c.GetParameters())
                                .Where(p => p.Name == name)
                                .SelectMany(p => p.GetCustomAttributes<ValidationAttribute>())
                        ),
                    property.GetValue(container)
                )
                : [];

        /// <summary>Of what is missing nothing else is said.</summary>
        private static string[] MessagesOf(IEnumerable<ValidationAttribute> attributes, object? value)
        {
            var refusing = attributes.Where(a => !a.IsValid(value)).ToList();
            var first = refusing.Find(a => a is RequiredAttribute);
            return [.. (first is null ? refusing : [first]).Select(a => Of(a, value))];
        }
    }
}

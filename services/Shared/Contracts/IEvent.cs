namespace Ticketing.Contracts;

/// <summary>
/// Something that happened, told to whoever wants to know. Additive changes only. The type is the CloudEvent's
/// <c>type</c>; the topic is the type with '-' for '.' (SNS allows no dots).
/// </summary>
public interface IEvent
{
    static abstract string Type { get; }
}

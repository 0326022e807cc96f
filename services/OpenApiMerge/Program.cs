using System.Text.Json.Nodes;
using Ticketing.OpenApiMerge;

// A step of the Gateway's build. usage: OpenApiMerge OUTPUT SERVICE/openapi.json...
var documents = args.Skip(1)
    .Select(path =>
        (Path.GetFileName(Path.GetDirectoryName(path))!, JsonNode.Parse(File.ReadAllText(path))!.AsObject())
    );
File.WriteAllText(args[0], DocumentMerge.Merge(documents).ToJsonString());

using Microsoft.AspNetCore.Mvc;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Pictures;

internal static class PicturesRoutes
{
    public static void MapPictures(this IEndpointRouteBuilder routes)
    {
        var picture = routes.MapGroup("/api/v1/events/{id:guid}/picture").WithTags("Events").ProducesProblem(404);
        picture
            .MapPut("/", PutPicture.Handle)
            .WithName("PutEventPicture")
            .Accepts<Stream>(Jpeg.MediaType)
            .WithMetadata(new RequestSizeLimitAttribute(Jpeg.MaxBytes))
            .ProducesProblem(409)
            .ProducesProblem(412)
            .ProducesProblem(415)
            .ProducesProblem(422);
        picture.MapDelete("/", RemovePicture.Handle).WithName("RemoveEventPicture").ProducesProblem(409);
        picture
            .MapGet("/", GetPicture.Handle)
            .WithName("GetEventPicture")
            .Produces(200, contentType: Jpeg.MediaType)
            .Produces(304)
            .AllowAnonymous();

        routes.MapInternal().MapGet("/pictures/{id:guid}", GetPicture.HandleInternal);
    }
}

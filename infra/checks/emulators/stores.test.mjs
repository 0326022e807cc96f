// The table, the bucket and the mail sender as Terraform makes them, used as Dapr's components use them.
import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { after, describe, test } from "node:test";
import { installation } from "./installation.mjs";
import { mails, messaging, state } from "./emulators.mjs";
import { problemsOf } from "./permissions.mjs";
import { ETagMismatch, unquote } from "./dapr.mjs";
import { require } from "./tools.mjs";

const { DescribeTableCommand, GetItemCommand, PutItemCommand } = require("@aws-sdk/client-dynamodb");
const given = await installation();
const sources = readdirSync("services", { recursive: true })
    .filter((f) => f.endsWith(".cs") && !f.startsWith("EmbeddedDapr"))
    .map((f) => readFileSync(`services/${f}`, "utf8"))
    .join("\n");

describe("key-value state", async () => {
    const calls = [];
    const table = await state(given, (call) => calls.push(call));
    after(table.stop);
    const raw = async (key) => (await table.client.send(new GetItemCommand({ TableName: given.table.TableName, Key: { key: { S: key } } }))).Item;
    // How the component's authors see the item; another attribute would be one that nobody looks for.
    const attributes = ["etag", "expiresAt", "key", "value"];

    test("the table has the key that the component writes", async () => {
        const { Table } = await table.client.send(new DescribeTableCommand({ TableName: given.table.TableName }));
        assert.deepEqual(Table.KeySchema, [{ AttributeName: "key", KeyType: "HASH" }]);
    });

    for (const app of given.components.statestore.scopes)
        test(`${app}: finds the table, keeps, reads and forgets under its own name`, async () => {
            const store = table.component(app);
            await store.init();
            await store.set("one", "São Paulo 🎫", { ttlInSeconds: 60 });
            const item = await raw(`${app}||one`);
            assert.deepEqual(Object.keys(item).sort(), attributes);
            assert.match(item[given.table.ttl.attribute_name].N, /^\d{10}$/);
            const { data, etag } = await store.get("one", { strong: true });
            assert.equal(data, "São Paulo 🎫");
            await store.set("one", "two", { etag });
            assert.equal((await store.get("one")).data, "two");
            await store.delete("one");
            assert.deepEqual(await store.get("one"), {});
        });

    test("two apps do not meet under one key", async () => {
        const [orders, events] = [table.component("orders"), table.component("events")];
        await orders.set("same", "orders");
        assert.deepEqual(await events.get("same"), {});
        await events.delete("same");
        assert.equal((await orders.get("same")).data, "orders");
    });

    test("an ETag of yesterday neither writes nor deletes", async () => {
        const store = table.component("orders");
        await store.set("tagged", "first");
        const { etag } = await store.get("tagged");
        await store.set("tagged", "second", { etag });
        await assert.rejects(store.set("tagged", "third", { etag }), ETagMismatch);
        await assert.rejects(store.delete("tagged", { etag }), ETagMismatch);
        await assert.rejects(store.set("never there", "first", { etag }), ETagMismatch);
        assert.equal((await store.get("tagged")).data, "second");
        await store.delete("tagged", { etag: (await store.get("tagged")).etag });
    });

    test("of many first writes one wins, and the others see an error of the store, not a mismatch", async () => {
        const store = table.component("orders");
        const tries = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => store.set("claimed", `${n}`, { firstWrite: true })));
        assert.equal(tries.filter((t) => t.status === "fulfilled").length, 1);
        for (const { reason } of tries.filter((t) => t.status === "rejected")) {
            assert.ok(!(reason instanceof ETagMismatch));
            assert.equal(reason.name, "ConditionalCheckFailedException");
        }
    });

    test("what has expired is hidden, and still in the way of a first write", async () => {
        const store = table.component("orders");
        await table.client.send(
            new PutItemCommand({
                TableName: given.table.TableName,
                Item: { key: { S: "orders||old" }, value: { B: Buffer.from("old") }, etag: { S: "e" }, [given.table.ttl.attribute_name]: { N: "1600000000" } },
            }),
        );
        assert.deepEqual(await store.get("old"), {});
        await assert.rejects(store.set("old", "new", { firstWrite: true }), { name: "ConditionalCheckFailedException" });
    });

    // Services/Shared/ServiceDefaults/Idempotency.cs, call by call.
    test("an Idempotency-Key is claimed once, taken over from a dead request, and replays", async () => {
        const store = table.component("orders");
        const key = `idempotency-${randomUUID()}`;
        assert.deepEqual(await store.get(key, { strong: true }), {});
        await store.set(key, "claim", { firstWrite: true, ttlInSeconds: 86400 });
        const claim = await store.get(key, { strong: true });
        assert.equal(claim.data, "claim");
        const takers = await Promise.allSettled([1, 2, 3].map(() => store.set(key, "taken over", { etag: claim.etag, firstWrite: true, ttlInSeconds: 86400 })));
        assert.equal(takers.filter((t) => t.status === "fulfilled").length, 1);
        for (const { reason } of takers.filter((t) => t.status === "rejected")) assert.ok(reason instanceof ETagMismatch);
        await store.set(key, "answer", { ttlInSeconds: 86400 });
        assert.equal((await store.get(key, { strong: true })).data, "answer");
        await store.delete(key);
    });

    // dynalite knows no transactions, and DynamoDB's tell no mismatch.
    test("no service asks for a transaction", () => assert.doesNotMatch(sources, /ExecuteStateTransactionAsync/));

    test("every call is its service's to make, and no other's", async () => {
        assert.deepEqual([...new Set(calls.map((c) => c.operation))].sort(), ["DeleteItem", "GetItem", "PutItem"]);
        assert.deepEqual(await problemsOf(calls, given), []);
    });
});

describe("ticket files", async () => {
    const world = await messaging(given);
    after(world.stop);
    const files = world.files("tickets");
    const key = () => `tickets/${randomUUID()}/ABCD-3.pdf`;

    test("a PDF is kept, read, listed and deleted, byte for byte", async () => {
        const [name, pdf] = [key(), Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(40_000)])];
        await assert.rejects(files.get(name), /object not found/);
        await files.create(name, pdf, "application/pdf");
        assert.deepEqual(await files.get(name), pdf);
        assert.deepEqual(await files.list("tickets/"), [name]);
        await files.delete(name);
        await assert.rejects(files.get(name), /object not found/);
        await files.delete(name);
    });

    test("a large one goes up in parts", async () => {
        const [name, pdf] = [key(), randomBytes(20 * 1024 * 1024)];
        world.calls.length = 0;
        await files.create(name, pdf, "application/pdf");
        assert.deepEqual(world.calls.map((c) => c.operation), ["CreateMultipartUpload", ...Array(3).fill("UploadPart"), "CompleteMultipartUpload"]);
        assert.ok((await files.get(name)).equals(pdf));
        assert.deepEqual(await problemsOf(world.calls, given), []);
    });

    // The emulator checks no signature: that a changed URL is refused, only S3 can show.
    test("a presigned URL reads one object for a quarter of an hour at most", async () => {
        const name = key();
        await files.create(name, Buffer.from("%PDF-"), "application/pdf");
        const url = new URL(await files.presign(name, 900));
        const response = await fetch(url);
        assert.equal(await response.text(), "%PDF-");
        assert.equal(response.headers.get("content-type"), "application/pdf");
        assert.equal(url.searchParams.get("X-Amz-Expires"), "900");
        assert.equal((await fetch(new URL(url.href.replace("ABCD-3", "ABCD-4")))).status, 404);
    });

    test("the operations are those that the service invokes, below the prefix that its role and the bucket's rules name", async () => {
        const documents = readFileSync("services/Tickets/Documents/TicketDocuments.cs", "utf8");
        const invoked = [/RequestFor\("(\w+)"/g, /Components\.TicketFiles, "(\w+)"/g].flatMap((calls) => [...documents.matchAll(calls)].map((m) => m[1]));
        assert.deepEqual([...new Set(invoked)].sort(), ["create", "delete", "get", "list"]);
        assert.match(documents, /PrefixOf\(Guid ticketId\) => \$"tickets\//);
        assert.equal(given.bucket.lifecycle.Filter.Prefix, "tickets/");
        world.calls.length = 0;
        const name = key();
        await files.create(name, Buffer.from("%PDF-"));
        await files.get(name);
        await files.list("tickets/");
        await files.delete(name);
        assert.deepEqual(await problemsOf(world.calls, given), []);
    });
});

describe("mail", async () => {
    const calls = [];
    const server = await mails(given, (call) => calls.push(call));
    after(server.stop);
    const binding = server.component("notifications");
    const rendered = JSON.parse(readFileSync("tests/Notifications.Tests/mails.json", "utf8"));
    // services/Notifications/Deliveries/DeliveryWorker.cs
    const metadata = (subject) => ({ emailFrom: given.env.TICKETING_MAIL_FROM, emailTo: "ana@example.com", emailCC: "", emailBCC: "", subject, text: "…" });

    for (const mail of rendered)
        test(`${mail.kind} in ${mail.locale} arrives as it was written`, async () => {
            const before = (await server.sent()).length;
            await binding.create(mail.data, metadata(mail.subject));
            const sent = await server.sent();
            assert.equal(sent.length, before + 1);
            const last = sent.at(-1);
            assert.equal(last.subject, mail.subject);
            assert.equal(last.body.html, JSON.parse(mail.data));
            assert.match(last.body.html, /&#x1F3B8;/);
            assert.equal(last.from, given.env.TICKETING_MAIL_FROM);
            assert.deepEqual(last.destination.to, ["ana@example.com"]);
            assert.deepEqual([last.destination.cc, last.destination.bcc], [[], []]);
        });

    test("there is a mail of every kind in both languages", () => {
        const kinds = new Set(rendered.map((mail) => mail.kind));
        assert.ok(kinds.size > 10);
        for (const kind of kinds)
            assert.deepEqual(rendered.filter((mail) => mail.kind === kind).map((mail) => mail.locale).sort(), ["en", "pt-BR"], kind);
    });

    test("half of a surrogate pair is what the binding cannot read", async () => {
        await assert.rejects(binding.create('"\\ud83c\\udfab"', metadata("x")), SyntaxError);
        assert.equal(unquote('"\\u00e3 \\u003C \\n \\"\\\\ &#x1F3AB;"'), 'ã < \n "\\ &#x1F3AB;');
        for (const broken of ["no quotes", '"a"b"', '"\\q"', '"\\u12"', '"\n"']) assert.throws(() => unquote(broken), SyntaxError);
    });

    test("every call is its service's to make, and no other's", async () => {
        assert.deepEqual([...new Set(calls.map((c) => c.operation))], ["SendEmail"]);
        // services/Users/Mails/MailSender.cs
        await server.component("users").create(rendered[0].data, metadata(rendered[0].subject));
        assert.deepEqual(await problemsOf(calls, given), []);
        const foreign = calls.slice(0, 1).map((c) => ({ ...c, input: { ...c.input, Source: `ceo@${given.sender.domain}` } }));
        assert.deepEqual((await problemsOf(foreign, given)).length, 2);
    });
});

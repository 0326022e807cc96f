// Mistakes planted one at a time: a check that finds none of them proves nothing.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { arn, installation } from "./installation.mjs";
import { mails, messaging, state } from "./emulators.mjs";
import { problemsOf } from "./permissions.mjs";
import { agrees, cloudEvent, consumersOf, delivers, givesUp, starts } from "./rules.mjs";

const given = await installation();
const queueOf = (i, name) => i.queues.find((q) => q.QueueName === name);
const attributesOf = (i, name) => queueOf(i, name).Attributes;
const without = (list, found) => list.splice(list.findIndex(found), 1);
const say = (i, component, name, value) => {
    const { metadata } = i.components[component];
    if (value === undefined) without(metadata, (m) => m.name === name);
    else metadata.find((m) => m.name === name).value = value;
};
const subscription = (i, topic, queue) => (s) => s.TopicArn === arn("sns", topic) && s.Endpoint === arn("sqs", queue);
const textOf = (file, from, to) => (path, text) => {
    if (!path.endsWith(file)) return text;
    assert.ok(text.includes(from), `${file} no longer says ${from}`);
    return text.replace(from, to);
};

const starting = async (world) => (await starts(world)).problems;
const givingUp = (app) => (world) => givesUp(world, app);
const agreeing = (world) => agrees(world.installation);

// What, rule, what the rule says of it, and the mistake in the data or in Terraform's text.
const planted = [
    ["no dead-letter queue", starting, /orders: QueueDoesNotExist/, (i) => without(i.queues, (q) => q.QueueName === "ticketing-orders-dead")],
    ["no queue", starting, /tickets: QueueDoesNotExist/, (i) => without(i.queues, (q) => q.QueueName === "ticketing-tickets")],
    ["a queue of another name", starting, /products: QueueDoesNotExist/, (i) => (queueOf(i, "ticketing-products").QueueName = "ticketing-product")],
    ["no topic", starting, /payments: NotFound/, (i) => {
        without(i.topics, (t) => t.Name === "payment-settled");
        i.subscriptions = i.subscriptions.filter((s) => s.TopicArn !== arn("sns", "payment-settled"));
    }],
    ["a topic that nobody's queue hears", starting, /orders: sns sqs subscription not found/, (i) => without(i.subscriptions, subscription(i, "payment-settled", "ticketing-orders"))],
    ["a subscription less, where another app has one", delivers, /ticketing-tickets does not hear event-published/, (i) => without(i.subscriptions, subscription(i, "event-published", "ticketing-tickets"))],
    ["a subscription that Terraform forgets", delivers, /ticketing-tickets does not hear event-published/, textOf("catalog/main.tf", 'tickets       = ["event-published", "event-changed"', 'tickets       = ["event-changed"')],
    ["a subscription to the wrong queue", delivers, /ticketing-orders hears order-fulfilled/, (i) => (i.subscriptions.find(subscription(i, "order-fulfilled", "ticketing-notifications")).Endpoint = arn("sqs", "ticketing-orders"))],
    ["dead letters' topic without its queue", delivers, /ticketing-orders-dead does not hear orders-dead/, (i) => without(i.subscriptions, subscription(i, "orders-dead", "ticketing-orders-dead"))],
    ["raw delivery", delivers, /a message without SNS's envelope/, (i) => (i.subscriptions.find(subscription(i, "payment-settled", "ticketing-orders")).Attributes.RawMessageDelivery = "true")],
    ["raw delivery in Terraform", delivers, /a message without SNS's envelope/, textOf("messaging/main.tf", "raw_message_delivery = false", "raw_message_delivery = true")],
    ["a queue policy that forgets a topic", delivers, /ticketing-orders: its policy refuses payment-settled/, (i) => (attributesOf(i, "ticketing-orders").Policy = attributesOf(i, "ticketing-orders").Policy.replace("payment-settled", "payment-lost"))],
    ["no queue policy", delivers, /ticketing-events: its policy refuses user-erased/, (i) => delete attributesOf(i, "ticketing-events").Policy],
    ["no redrive policy", givingUp("orders"), /received 11 times, not 5/, (i) => delete attributesOf(i, "ticketing-orders").RedrivePolicy],
    ["another receive limit in AWS", givingUp("orders"), /received 3 times, not 5/, (i) => (attributesOf(i, "ticketing-orders").RedrivePolicy = attributesOf(i, "ticketing-orders").RedrivePolicy.replace(":5", ":3"))],
    ["one app's dead letters in another's queue", givingUp("orders"), /orders: 1 messages in ticketing-tickets-dead/, (i) => (attributesOf(i, "ticketing-orders").RedrivePolicy = attributesOf(i, "ticketing-tickets").RedrivePolicy)],
    ["a receive limit of Terraform's own", agreeing, /ticketing-orders gives up after 10 receives/, textOf("platform/main.tf", "max_receives       = 5", "max_receives       = 10")],
    ["a visibility of Terraform's own", agreeing, /ticketing-orders hides for 60 s/, textOf("platform/main.tf", "visibility_seconds = 360", "visibility_seconds = 60")],
    ["short polling in AWS", agreeing, /ticketing-orders waits 0 s/, textOf("messaging/main.tf", "receive_wait_time_seconds  = 20", "receive_wait_time_seconds  = 0")],
    ["an unencrypted queue", agreeing, /ticketing-orders is not encrypted/, (i) => delete attributesOf(i, "ticketing-orders").KmsMasterKeyId],
    ["a receive limit above the retry limit", starting, /drops a message before the queue gives it up/, (i) => say(i, "pubsub", "messageReceiveLimit", "10")],
    ["a retry limit below the receive limit", givingUp("orders"), /should have been moved to the dead letters/, (i) => say(i, "pubsub", "messageRetryLimit", "3")],
    ["dead letters without a receive limit", starting, /must both be set/, (i) => say(i, "pubsub", "messageReceiveLimit")],
    ["a component that makes its own queues", starting, /make topics and queues itself/, (i) => say(i, "pubsub", "disableEntityManagement", "false")],
    ["a component that asks for its account", starting, /ask STS/, (i) => say(i, "pubsub", "accountID")],
    ["a consumer of another name", starting, /events: QueueDoesNotExist/, (i) => say(i, "pubsub", "consumerID", "{appID}")],
    ["an app outside of the scopes", delivers, /payments may speak or hear, and is not in the component's scopes/, (i) => without(i.components.pubsub.scopes, (a) => a === "payments")],
    ["another attribute for the end of an entry", agreeing, /expires by expires_at, the component writes expiresAt/, textOf("storage/main.tf", 'attribute_name = "expiresAt"', 'attribute_name = "expires_at"')],
    ["entries that never end", agreeing, /the table expires by/, (i) => (i.table.ttl.enabled = false)],
    ["another key of the table", agreeing, /the table's key is id, not key/, textOf("storage/main.tf", 'hash_key                    = "key"', 'hash_key                    = "id"')],
    ["a numeric key", agreeing, /the table's key is not a string/, (i) => (i.table.AttributeDefinitions[0].AttributeType = "N")],
    ["a bucket that the world reads", agreeing, /block_public_policy is off/, textOf("storage/main.tf", "block_public_policy     = true", "block_public_policy     = false")],
    ["mails from another domain", agreeing, /mails come from/, (i) => (i.env.TICKETING_MAIL_FROM = "Ticketing <no-reply@example.org>")],
];

describe("planted in topics, queues, table and bucket", () => {
    for (const [what, rule, says, plant] of planted)
        test(what, async () => {
            const inText = plant.length === 2;
            const mistaken = inText ? await installation({ change: plant }) : structuredClone(given);
            if (!inText) plant(mistaken);
            const world = Object.assign(await messaging(mistaken), { installation: mistaken, guarded: true });
            try {
                const found = await rule(world);
                assert.ok(found.some((p) => says.test(p)), `said only: ${found.join("; ") || "nothing"}`);
            } finally {
                await world.stop();
            }
        });

    test("an attribute that the suite does not know", async () =>
        assert.rejects(installation({ change: textOf("messaging/main.tf", "  receive_wait_time_seconds  = 20\n", "  receive_wait_time_seconds  = 20\n  fifo_queue = true\n") }), /fifo_queue/));

    test("a table of another key refuses the component", async () => {
        const mistaken = structuredClone(given);
        mistaken.table.KeySchema[0].AttributeName = mistaken.table.AttributeDefinitions[0].AttributeName = "id";
        const table = await state(mistaken);
        try {
            await assert.rejects(table.component("orders").init(), { name: "ValidationException" });
        } finally {
            await table.stop();
        }
    });
});

describe("planted in the policies", async () => {
    const calls = [];
    const world = Object.assign(await messaging(given), { installation: given });
    const table = await state(given, (call) => calls.push(call));
    const sender = await mails(given, (call) => calls.push(call));
    after(() => Promise.all([world.stop(), table.stop(), sender.stop()]));
    await starts(world);
    // One of its own: act-recorded is everybody's.
    for (const [app, topics] of Object.entries(world.publishes)) {
        const topic = topics.find((t) => t !== "act-recorded");
        await world.component(app).publish(topic, cloudEvent(app, topic));
    }
    for (const app of consumersOf(world)) await world.component(app).receive({ wait: 0 });
    for (const app of given.components.statestore.scopes) {
        const store = table.component(app);
        await store.init();
        await store.set("one", "two");
        await store.delete("one");
    }
    const files = world.files("tickets");
    await files.create("tickets/1/A-1.pdf", Buffer.from("%PDF-"));
    await files.list("tickets/");
    await files.delete("tickets/1/A-1.pdf");
    await sender.component("notifications").create('"x"', { emailTo: "ana@example.com", subject: "x" });
    await sender.component("users").create('"x"', { emailTo: "ana@example.com", subject: "x" });
    calls.push(...world.calls.filter((c) => c.app));

    test("as they stand, they are what is called for", async () => assert.deepEqual(await problemsOf(calls, given), []));

    // Secrets are not called here: infra/checks/iam.mjs asks for them.
    for (const [app, { Statement }] of Object.entries(given.policies))
        for (const { Sid } of Statement.filter((s) => s.Sid !== "Secrets" && calls.some((c) => c.app === app)))
            test(`${app} without ${Sid}`, async () => {
                const mistaken = structuredClone(given);
                without(mistaken.policies[app].Statement, (s) => s.Sid === Sid);
                const found = await problemsOf(calls.filter((c) => c.app === app), mistaken, [app]);
                assert.ok(found.some((p) => p.startsWith(`${app} may not `)), "nobody missed it");
            });

    const statement = (i, app, sid) => i.policies[app].Statement.find((s) => s.Sid === sid);
    const widened = [
        ["every topic", /tickets may sns:Publish \S+:order-fulfilled, and never does/, (i) => (statement(i, "tickets", "Publish").Resource = ["arn:aws:sns:*:*:*"])],
        ["every queue", /tickets may sqs:ReceiveMessage \S+:ticketing-orders, and never does/, (i) => (statement(i, "tickets", "Consume").Resource = ["arn:aws:sqs:*:*:*"])],
        ["every service's state", /tickets may dynamodb:PutItem .*orders\|\|one.*, and never does/, (i) => delete statement(i, "tickets", "WriteState").Condition],
        ["mail", /tickets may ses:SendEmail .*, and never does/, (i) => i.policies.tickets.Statement.push(statement(i, "notifications", "Mail"))],
        ["an identity without its configuration set", /notifications may not ses:SendEmail .*configuration-set/, (i) => statement(i, "notifications", "Mail").Resource.pop()],
        ["PDFs that cannot be deleted", /tickets may not s3:DeleteObject/, (i) => without(statement(i, "tickets", "Files").Action, (a) => a === "s3:DeleteObject")],
        ["no policy at all", /payments calls AWS and has no policy/, (i) => delete i.policies.payments],
    ];
    for (const [what, says, plant] of widened)
        test(`a role for ${what}`, async () => {
            const mistaken = structuredClone(given);
            plant(mistaken);
            const found = await problemsOf(calls, mistaken, Object.keys(mistaken.policies).filter((a) => ["tickets", "notifications"].includes(a)));
            assert.ok(found.some((p) => says.test(p)), `said only: ${found.join("; ") || "nothing"}`);
        });
});

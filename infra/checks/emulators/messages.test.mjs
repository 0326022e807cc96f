// SNS and SQS as Terraform makes them, used as Dapr's component uses them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, describe, test } from "node:test";
import { account, arn, installation } from "./installation.mjs";
import { messaging } from "./emulators.mjs";
import { decide, problemsOf } from "./permissions.mjs";
import { agrees, cloudEvent, consumersOf, delivers, givesUp, mayDeliver, starts } from "./rules.mjs";

const given = await installation();
const world = Object.assign(await messaging(given), { installation: given, guarded: true });
after(world.stop);
beforeEach(world.forget);

describe("topics and queues", () => {
    test("Terraform and the components say the same", () => assert.deepEqual(agrees(given), []));

    test("every app finds its topics, queues and subscriptions", async () => {
        const { problems, running } = await starts(world);
        assert.deepEqual(problems, []);
        assert.deepEqual(Object.keys(running).sort(), [...given.components.pubsub.scopes].sort());
    });

    test("a start makes no call but those of the component without provisioning", async () => {
        await starts(world);
        const made = new Set(world.calls.map((c) => `${c.service} ${c.operation}`));
        assert.deepEqual([...made].sort(), ["SNS GetTopicAttributes", "SNS ListSubscriptionsByTopic", "SQS GetQueueAttributes", "SQS GetQueueUrl"]);
    });

    test("every event arrives in exactly the queues of those that hear it", async () => assert.deepEqual(await delivers(world), []));

    test("a queue's policy lets no other topic in", async () => {
        for (const queue of given.queues) {
            const heard = given.subscriptions.filter((s) => s.Endpoint === arn("sqs", queue.QueueName)).map((s) => s.TopicArn);
            assert.notEqual(heard.length, 0);
            for (const { Name } of given.topics)
                assert.equal(await mayDeliver(arn("sns", Name), queue.QueueName, queue.Attributes), heard.includes(arn("sns", Name)), `${Name} to ${queue.QueueName}`);
        }
    });

    test("a queue and the bucket are closed to who does not encrypt", async () => {
        const policies = [
            ...given.queues.map((q) => [JSON.parse(q.Attributes.Policy), "sqs:ReceiveMessage", arn("sqs", q.QueueName)]),
            [given.bucket.policy, "s3:GetObject", `arn:aws:s3:::${given.bucket.Bucket}/tickets/1/A-1.pdf`],
        ];
        for (const [resourcePolicy, action, resource] of policies)
            for (const encrypted of [true, false])
                assert.equal(
                    await decide({
                        account,
                        principal: `arn:aws:iam::${account}:role/anybody`,
                        policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] },
                        resourcePolicy,
                        action,
                        resource,
                        context: { "aws:SecureTransport": `${encrypted}` },
                    }),
                    encrypted,
                    `${action} ${resource}`,
                );
    });

    test("SNS may use the key of the queues, and only for this account", async () => {
        for (const [source, expected] of [[account, true], ["999999999999", false]])
            for (const action of ["kms:GenerateDataKey", "kms:Decrypt"])
                assert.equal(
                    await decide({
                        account,
                        principal: "sns.amazonaws.com",
                        resourcePolicy: given.key.policy,
                        action,
                        resource: given.key.arn,
                        context: { "aws:SourceAccount": source },
                    }),
                    expected,
                );
    });

    test("an event takes effect once and leaves the queue", async () => {
        const orders = world.component("orders");
        for (const topic of world.hears.orders) await orders.subscribe(topic);
        await world.component("payments").publish("payment-settled", cloudEvent("payments", "payment-settled"));
        const [message] = await orders.receive();
        const handled = [];
        assert.equal(await orders.process(message, (event) => handled.push(event)), true);
        assert.equal(handled[0].topic, "payment-settled");
        assert.equal(JSON.parse(handled[0].data).data.at, "São Paulo");
        assert.deepEqual(await orders.receive({ wait: 0 }), []);
        assert.deepEqual(await world.drain(orders.queueName), []);
    });

    test("a message given back is there again at once", async () => {
        const orders = world.component("orders");
        for (const topic of world.hears.orders) await orders.subscribe(topic);
        await world.component("payments").publish("payment-settled", cloudEvent("payments", "payment-settled"));
        const [message] = await orders.receive();
        assert.deepEqual(await orders.receive({ wait: 0 }), []);
        await orders.giveBack(message);
        const [again] = await orders.receive({ wait: 0 });
        assert.equal(again.MessageId, message.MessageId);
        assert.equal(again.Attributes.ApproximateReceiveCount, "2");
    });

    test("a message of 256 KiB passes, a byte more does not", async () => {
        const limit = 256 * 1024;
        const payments = world.component("payments");
        const text = cloudEvent("payments", "payment-settled", "");
        const full = (bytes) => text.replace('"data":""', `"data":"${"x".repeat(bytes - Buffer.byteLength(text))}"`);
        assert.equal(Buffer.byteLength(full(limit)), limit);
        await payments.publish("payment-settled", full(limit));
        const [{ Body }] = await world.drain("ticketing-orders");
        assert.equal(JSON.parse(Body).Message.length, limit);
        await assert.rejects(payments.publish("payment-settled", full(limit + 1)), { name: "InvalidParameterException" });
        assert.deepEqual(await world.drain("ticketing-orders"), []);
    });

    test("the largest event fits into a queue of 256 KiB, its quotes escaped in SNS's envelope", async () => {
        const [, kib] = readFileSync("services/Events/Catalog/Editing.cs", "utf8").match(/MaxMessageBytes = (\d+) \* 1024/);
        // As the service writes it: every accent six bytes, quotes at every turn.
        const type = '{"id":"01980000-0000-7000-8000-000000000000","poolId":"01980000-0000-7000-8000-000000000000","name":"\\u00E3\\u0022\\u00E3","kind":"Full"}';
        const types = Array(Math.floor((kib * 1024) / (type.length + 1))).fill(type);
        const event = cloudEvent("events", "event-published", "types").replace('"types"', `[${types}]`);
        assert.ok(Buffer.byteLength(event) >= kib * 1024 * 0.99);
        await world.component("events").publish("event-published", event);
        const [{ Body }] = await world.drain("ticketing-tickets");
        assert.equal(JSON.parse(Body).Message, event);
        assert.ok(Buffer.byteLength(Body) <= 256 * 1024, `${Buffer.byteLength(Body)} bytes`);
    });

    for (const app of consumersOf(world))
        test(`${app}: what kills its consumer ends in its own dead letters`, async () => assert.deepEqual(await givesUp(world, app), []));

    for (const app of consumersOf(world))
        test(`${app}: what a living consumer gives up ends there too`, async () => {
            const component = world.component(app);
            // The runtime publishes the event as it came.
            await component.publish(`${app}-dead`, cloudEvent("somebody", world.hears[app][0]));
            for (const { QueueName } of given.queues) {
                const held = await world.drain(QueueName);
                assert.equal(held.length, QueueName === component.deadName ? 1 : 0, QueueName);
            }
        });

    test("every call that a component made is its service's to make, and no other's", async () => {
        await delivers(world);
        for (const app of consumersOf(world)) {
            const [topic] = world.hears[app];
            const publisher = Object.keys(world.publishes).find((p) => world.publishes[p].includes(topic));
            for (const { QueueName } of given.queues) await world.drain(QueueName);
            await world.component(publisher).publish(topic, cloudEvent(publisher, topic));
            const component = world.component(app);
            await component.subscribe(topic);
            const [message] = await component.receive();
            await component.giveBack(message);
            const [again] = await component.receive();
            assert.ok(await component.process(again, () => true));
        }
        const operations = new Set(world.calls.filter((c) => c.app).map((c) => c.operation));
        for (const operation of ["Publish", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility"]) assert.ok(operations.has(operation), operation);
        assert.deepEqual(await problemsOf(world.calls, given), []);
    });
});

// infra/cluster/redrive.sh, the script itself: dead letters of both kinds come back as what they were, and take effect.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, beforeEach, describe, mock, test } from "node:test";
import { promisify } from "node:util";
import { installation } from "./installation.mjs";
import { cli } from "./aws.mjs";
import { messaging } from "./emulators.mjs";
import { cloudEvent } from "./rules.mjs";
import { require } from "./tools.mjs";

const { SendMessageCommand } = require("@aws-sdk/client-sqs");
const given = await installation();

describe("dead letters", async () => {
    const world = Object.assign(await messaging(given), { installation: given });
    const aws = await cli(world.operator.sqs);
    after(() => (aws.stop(), world.stop()));
    beforeEach(world.forget);

    const redrive = (...args) =>
        promisify(execFile)("infra/cluster/redrive.sh", args, { env: { ...process.env, PATH: `${aws.folder}:${process.env.PATH}` } });
    const orders = async () => {
        const component = world.component("orders");
        for (const topic of world.hears.orders) await component.subscribe(topic);
        return component;
    };
    /** Everything in the app's queue, as its handlers get it. */
    const handled = async (component) => {
        const events = [];
        for (;;) {
            const messages = await component.receive({ wait: 0 });
            if (messages.length === 0) return events;
            for (const message of messages) await component.process(message, (event) => events.push(event));
        }
    };

    test("what a living consumer gave up is handled as the event that it was", async () => {
        const component = await orders();
        const event = cloudEvent("payments", "payment-settled", { text: `${"x".repeat(200_000)} "São Paulo" \\ \n` });
        await component.publish("orders-dead", event);
        const { stdout } = await redrive("orders");
        assert.match(stdout, /:payment-settled \S+\n1 put back, 0 stay dead\n$/);
        assert.deepEqual(await handled(component), [{ topic: "payment-settled", data: event }]);
        assert.deepEqual(await world.drain(component.deadName), []);
    });

    test("what killed its consumer, too", async () => {
        const component = await orders();
        const event = cloudEvent("payments", "payment-failed");
        await world.component("payments").publish("payment-failed", event);
        mock.timers.enable({ apis: ["Date"], now: Date.now() });
        try {
            while ((await component.receive({ wait: 0 })).length > 0) mock.timers.tick(component.visibility * 1000);
        } finally {
            mock.timers.reset();
        }
        await redrive("orders");
        assert.deepEqual(await handled(component), [{ topic: "payment-failed", data: event }]);
    });

    test("moved as it stands, a living consumer's dead letter would find no handler", async () => {
        const component = await orders();
        await component.publish("orders-dead", cloudEvent("payments", "payment-settled"));
        const [{ Body }] = await world.drain(component.deadName);
        await world.operator.sqs.send(new SendMessageCommand({ QueueUrl: world.urlOf(component.queueName), MessageBody: Body }));
        await assert.rejects(handled(component), /handler for \(sanitized\) topic: orders-dead was not found/);
    });

    test("one that is no event stays dead, and the others come back", async () => {
        const component = await orders();
        await component.publish("orders-dead", JSON.stringify({ no: "topic" }));
        await component.publish("orders-dead", cloudEvent("events", "event-cancelled"));
        await assert.rejects(redrive("orders"), ({ stdout, stderr }) => /1 put back, 1 stay dead/.test(stdout) && /stays dead: /.test(stderr));
        assert.deepEqual((await handled(component)).map((e) => e.topic), ["event-cancelled"]);
    });

    test("oncall.sh tells which kind they are", async () => {
        const component = await orders();
        await component.publish("orders-dead", cloudEvent("payments", "payment-settled"));
        const killer = JSON.stringify({ TopicArn: "arn:aws:sns:sa-east-1:000000000000:payment-failed", Message: cloudEvent("payments", "payment-failed") });
        await world.operator.sqs.send(new SendMessageCommand({ QueueUrl: world.urlOf(component.deadName), MessageBody: killer }));
        const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", ". infra/cluster/oncall.sh && dead orders"], {
            env: { ...process.env, PATH: `${aws.folder}:${process.env.PATH}` },
        });
        const lines = stdout.trimEnd().split("\n").map((line) => line.split("\t"));
        assert.deepEqual(lines.map(([, kind, topic]) => [kind, topic]).sort(), [["given-up", "payment-settled"], ["killer", "payment-failed"]]);
        for (const [at, , , id] of lines) assert.match(`${at} ${id}`, /^\d{4}-\d\d-\d\dT[\d:]+Z [0-9a-f-]{36}$/);
    });

    test("at most as many as are asked for", async () => {
        const component = await orders();
        for (let n = 0; n < 3; n++) await component.publish("orders-dead", cloudEvent("events", "event-cancelled"));
        const { stdout } = await redrive("orders", "2");
        assert.match(stdout, /2 put back, 0 stay dead/);
        assert.equal((await handled(component)).length, 2);
        assert.equal((await world.drain(component.deadName)).length, 1);
    });
});

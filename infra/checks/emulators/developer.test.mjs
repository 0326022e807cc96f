// A developer's cluster: the emulator starts with Terraform's topology, and the components of components/kind work with it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, beforeEach, describe, test } from "node:test";
import { account, components, installation, propertiesOf, topicsOf } from "./installation.mjs";
import { messaging } from "./emulators.mjs";
import { consumersOf, delivers, givesUp, starts } from "./rules.mjs";
import { file, region, text, topology } from "./topology.mjs";
import { require, tools, yaml } from "./tools.mjs";

const production = await installation();
const kind = components("kind");
const documents = yaml.parseAllDocuments(readFileSync("tilt/backing.yaml", "utf8")).map((d) => d.toJS());
const compose = yaml.parse(readFileSync("tilt/compose.yaml", "utf8"), { merge: true });
const values = yaml.parse(readFileSync("charts/ticketing/values-dev.yaml", "utf8"));
const bucket = values.filesBucket;
const init = JSON.parse(readFileSync(file, "utf8"));
const given = {
    components: kind,
    queues: init.queues.map((q) => ({ QueueName: q.name, Attributes: q.attributes })),
    env: { TICKETING_AWS_ENDPOINT: values.emulators.awsEndpoint, TICKETING_FILES_BUCKET: bucket },
};

describe("a developer's cluster", async () => {
    const world = Object.assign(await messaging(given, { init, at: region }), { installation: given });
    after(world.stop);
    beforeEach(world.forget);
    const metadata = (component, ...but) => component.metadata.filter((m) => !but.includes(m.name));
    const places = ["endpoint", "region", "accountID", "accessKey", "secretKey", "forcePathStyle"];

    test("the emulator starts with Terraform's topics, queues and subscriptions", async () =>
        assert.equal(readFileSync(file, "utf8"), text(await topology(bucket)), `${file} is stale: node infra/checks/emulators/topology.mjs --write`));

    for (const name of ["pubsub", "statestore", "ticket-files"])
        test(`${name} differs from AWS's in its place only`, () =>
            assert.deepEqual([metadata(kind[name], ...places), kind[name].scopes], [metadata(production.components[name], ...places), production.components[name].scopes]));

    test("the components look where the emulator is, and at the account that it knows", () => {
        const { endpoint, region: at, accountID } = propertiesOf(kind.pubsub, "orders", given.env);
        const { hostname, port } = new URL(endpoint);
        assert.deepEqual([at, accountID], [region, account]);
        const service = documents.find((d) => d.kind === "Service" && `${d.metadata.name}.${d.metadata.namespace}` === hostname);
        assert.equal(`${service.spec.ports[0].port}`, port);
        assert.equal(compose["x-sidecar"].environment.TICKETING_AWS_ENDPOINT, `http://aws:${port}`);
        assert.equal(compose["x-sidecar"].environment.TICKETING_FILES_BUCKET, bucket);
    });

    test("the emulator is the one that the suite knows", () => {
        const { version } = require(`${process.cwd()}/${tools}/node_modules/fauxqs/package.json`);
        const pod = documents.find((d) => d.kind === "Deployment" && d.metadata.name === "aws").spec.template.spec.containers[0];
        for (const image of [pod.image, compose.services.aws.image]) assert.equal(image, `kibertoad/fauxqs:${version}`);
        for (const path of [pod.env.find((e) => e.name === "FAUXQS_INIT").value, compose.services.aws.environment.FAUXQS_INIT])
            assert.equal(path, "/init/aws.json");
    });

    test("the table is Terraform's", () => {
        const script = readFileSync("tilt/table.sh", "utf8");
        const option = (name) => script.match(new RegExp(`--${name} (\\S+)`))[1];
        const { AttributeDefinitions, BillingMode, KeySchema, TableName, ttl } = production.table;
        assert.equal(script.match(/^table=(.*)$/m)[1], TableName);
        assert.equal(option("billing-mode"), BillingMode);
        assert.equal(option("attribute-definitions"), AttributeDefinitions.map((a) => `AttributeName=${a.AttributeName},AttributeType=${a.AttributeType}`).join(" "));
        assert.equal(option("key-schema"), KeySchema.map((k) => `AttributeName=${k.AttributeName},KeyType=${k.KeyType}`).join(" "));
        assert.equal(option("time-to-live-specification"), `Enabled=true,AttributeName=${ttl.attribute_name}`);
    });

    test("every app finds its topics, queues and subscriptions", async () => assert.deepEqual((await starts(world)).problems, []));

    test("every event arrives in exactly the queues of those that hear it", async () => assert.deepEqual(await delivers(world), []));

    for (const app of consumersOf({ hears: topicsOf(kind.pubsub, "subscriptionScopes") }))
        test(`${app}: what kills its consumer ends in its own dead letters`, async () => assert.deepEqual(await givesUp(world, app), []));

    test("a PDF is kept and read", async () => {
        const files = world.files("tickets");
        await files.create("tickets/1/A-1.pdf", Buffer.from("%PDF-"), "application/pdf");
        assert.equal(`${await files.get("tickets/1/A-1.pdf")}`, "%PDF-");
    });
});

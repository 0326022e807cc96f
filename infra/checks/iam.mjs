// Each service's policy by simulation: everything that its Dapr components call is allowed, and what another service owns, or
// nobody needs, is denied. Takes the policies as `terraform output -json policies` of modules/catalog gives them.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decider, keyByIam } from "./simulate.mjs";

const require = createRequire(join(process.cwd(), process.argv[2], "node_modules", "x.js"));
const decide = decider(require("@cloud-copilot/iam-simulate").runSimulation);
const policies = JSON.parse(readFileSync(process.argv[3], "utf8"));

const account = "111122223333";
const region = "sa-east-1";
const topic = (name) => `arn:aws:sns:${region}:${account}:${name}`;
const queue = (name) => `arn:aws:sqs:${region}:${account}:${name}`;
const secret = (name) => `arn:aws:secretsmanager:${region}:${account}:secret:${name}-a1B2c3`;
const table = `arn:aws:dynamodb:${region}:${account}:table/ticketing-state`;
const key = (via) => ["arn:aws:kms:sa-east-1:111122223333:key/x", { "kms:ViaService": `${via}.${region}.amazonaws.com` }];

// app: what it publishes, hears, keeps, reads. Read here from components/aws, not from the catalog that is tested.
const pubsub = readFileSync("components/aws/pubsub.yaml", "utf8");
const scopes = (name) =>
    Object.fromEntries(
        pubsub
            .match(new RegExp(`name: ${name}\\s+value: >-\\s+(\\S+)`))[1]
            .split(";")
            .map((entry) => entry.split("="))
            .map(([app, topics]) => [app, topics ? topics.split(",") : []]),
    );
const of = (component) => readFileSync(`components/aws/${component}.yaml`, "utf8").match(/^scopes: \[(.*)\]/m)[1].split(", ");
const publishes = scopes("publishingScopes");
const hears = scopes("subscriptionScopes");
const secrets = Object.fromEntries(
    of("secretstore").map((app) => [
        app,
        readFileSync(`components/shared/configuration-${app}.yaml`, "utf8").match(/allowedSecrets: \[(.*)\]/)[1].split(", "),
    ]),
);
const apps = [...new Set([...Object.keys(publishes), ...Object.keys(secrets)])];

const cases = [];
const expect = (allowed, app, action, resource, context = {}) => cases.push({ allowed, app, action, resource, context });
for (const app of apps) {
    for (const name of new Set(Object.values(publishes).flat()))
        expect(publishes[app]?.includes(name) ?? false, app, "sns:Publish", topic(name));
    for (const name of hears[app] ?? []) expect(true, app, "sns:ListSubscriptionsByTopic", topic(name));
    for (const other of apps.filter((a) => hears[a]?.length))
        for (const action of ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueUrl"]) {
            expect(other === app, app, action, queue(`ticketing-${other}`));
            if (action === "sqs:GetQueueUrl") expect(other === app, app, action, queue(`ticketing-${other}-dead`));
            else expect(false, app, action, queue(`ticketing-${other}-dead`));
        }
    for (const name of new Set(Object.values(secrets).flat()))
        expect(secrets[app]?.includes(name) ?? false, app, "secretsmanager:GetSecretValue", secret(name));
    expect(false, app, "secretsmanager:GetSecretValue", secret("ticketing/orders-database"));
    const keeps = of("statestore").includes(app);
    expect(keeps, app, "dynamodb:GetItem", table, { "dynamodb:LeadingKeys": ["any"] });
    for (const action of ["dynamodb:PutItem", "dynamodb:DeleteItem"]) {
        expect(keeps, app, action, table, { "dynamodb:LeadingKeys": [`${app}||one`] });
        expect(false, app, action, table, { "dynamodb:LeadingKeys": ["another||one"] });
    }
    const files = of("ticket-files").includes(app);
    expect(files, app, "s3:PutObject", "arn:aws:s3:::b/tickets/1/2.pdf");
    expect(files, app, "s3:GetObject", "arn:aws:s3:::b/tickets/1/2.pdf");
    expect(false, app, "s3:PutObject", "arn:aws:s3:::b/elsewhere");
    expect(files, app, "s3:DeleteObject", "arn:aws:s3:::b/tickets/1/2.pdf");
    expect(false, app, "s3:DeleteObject", "arn:aws:s3:::b/elsewhere");
    expect(false, app, "s3:DeleteObjectVersion", "arn:aws:s3:::b/tickets/1/2.pdf");
    const mails = of("email").includes(app);
    const identity = `arn:aws:ses:${region}:${account}:identity/example.com`;
    const mailSet = `arn:aws:ses:${region}:${account}:configuration-set/ticketing`;
    for (const part of [identity, mailSet]) expect(mails, app, "ses:SendEmail", part, { "ses:FromAddress": "tickets@example.com" });
    expect(false, app, "ses:SendEmail", identity, { "ses:FromAddress": "ceo@example.com" });
    expect(true, app, "kms:Decrypt", ...key("secretsmanager"));
    expect(false, app, "kms:Decrypt", ...key("rds"));
    for (const action of ["sns:CreateTopic", "sns:Subscribe"]) expect(false, app, action, topic("order-fulfilled"));
    expect(false, app, "sqs:CreateQueue", queue(`ticketing-${app}`));
    expect(false, app, "dynamodb:DeleteTable", table);
}

let failed = 0;
for (const { allowed, app, action, resource, context } of cases) {
    const policy = policies[app]?.value ?? policies[app];
    const decision = await decide({
        account,
        principal: `arn:aws:iam::${account}:role/${app}`,
        policy: typeof policy === "string" ? JSON.parse(policy) : policy,
        ...(action.startsWith("kms:") && { resourcePolicy: keyByIam(account) }),
        action,
        resource,
        context,
    });
    if (decision !== allowed) {
        failed++;
        console.error(`${app} ${action} ${resource} ${JSON.stringify(context)}: ${decision ? "allowed" : "denied"}, which is wrong`);
    }
}
console.log(`${cases.length} requests, ${failed} decided wrongly`);
process.exit(failed > 0 ? 1 : 0);

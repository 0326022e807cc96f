// What values-<environment>.yaml says of AWS is what Terraform makes there: roles by name, buckets, table, account.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { arn, components, environment } from "./installation.mjs";
import { decide } from "./permissions.mjs";
import { yaml } from "./tools.mjs";

const read = (file) => yaml.parse(readFileSync(`charts/ticketing/${file}`, "utf8"));
const defaults = read("values.yaml");

/** The chart's roles that Terraform does not make, and those it makes for services that run and that nobody names. */
function unmatched(values, made) {
    const named = Object.entries(values.services).filter(([, s]) => s?.roleArn).map(([app, s]) => [app, s.roleArn]);
    const runs = (app) => values.services[app]?.enabled ?? defaults.services[app]?.enabled ?? true;
    return [
        ...named.filter(([app, role]) => made[app]?.roleArn !== role).map(([, role]) => `Terraform does not make ${role}`),
        ...Object.keys(made).filter((app) => runs(app) && !values.services[app]?.roleArn).map((app) => `nobody names ${made[app].roleArn}`),
    ];
}

/** What both sides know and say differently. */
function differing(values, made, path = "") {
    return Object.entries(made).flatMap(([key, value]) => {
        const at = `${path}${key}`;
        if (value && typeof value === "object") return differing(values?.[key] ?? {}, value, `${at}.`);
        // "<…>" only AWS knows; the public names are an installation's own.
        if (/^<|[<]module/.test(value) || ["publicUrl", "mailFrom"].includes(at) || values?.[key] === undefined) return [];
        return values[key] === value ? [] : [`${at}: ${values[key]}, Terraform says ${value}`];
    });
}

for (const [name, file] of [["dev", "values-dev-eks.yaml"], ["staging", "values-staging.yaml"], ["prod", "values-production.yaml"]])
    describe(file, async () => {
        const values = read(file);
        const { region, accountId: account } = values.aws;
        const platform = (await environment(name, { in: [region, account] })).module.get("platform");
        const { services: given, ...others } = platform.outputs.get("chart_values");
        const services = Object.fromEntries(Object.entries(given).filter(([, service]) => service.roleArn));
        const enabled = Object.keys(defaults.services).filter((app) => values.services[app]?.enabled ?? defaults.services[app].enabled ?? true);
        const secrets = platform.module.get("secrets").all("aws_secretsmanager_secret").map(([, secret]) => secret.get("name"));
        const secretArn = (secret) => arn("secretsmanager", `secret:${secret}-a1B2c3`, region, account);
        // An add-on of the cluster, by its service account.
        const mayAddon = (addon, action, resource) =>
            decide({
                account,
                principal: `arn:aws:iam::${account}:role/${addon}`,
                policy: JSON.parse(platform.module.get("access").local.get("accounts")[addon].policy),
                action,
                resource,
            });

        test("every role that is named is made, and every role that is made is named", () => assert.deepEqual(unmatched(values, services), []));

        test("names that Terraform gives are the chart's", () => assert.deepEqual(differing({ ...defaults, ...values }, others), []));

        test("policies and rate limits know the VPC that Terraform makes", () => {
            const cidr = platform.module.get("network").all("aws_vpc")[0][1].get("cidr_block");
            const policies = { ...defaults.networkPolicy, ...values.networkPolicy };
            assert.deepEqual(policies.publicFrom, [{ ipBlock: { cidr } }]);
            assert.deepEqual(policies.databaseCidrs, [cidr]);
            assert.equal(values.services.gateway.env.Gateway__TrustedProxies__0, cidr);
            // A file that is older than the VPC is overruled.
            assert.deepEqual(others.networkPolicy, { publicFrom: policies.publicFrom, databaseCidrs: policies.databaseCidrs });
            assert.deepEqual(given.gateway.env, { Gateway__TrustedProxies__0: cidr });
        });

        test("GitHub's workflows come in by name, or by name and number, and by one provider an account", async () => {
            const trusted = async (given = {}) => {
                const delivery = (await environment(name, { given, in: [region, account] })).module.get("platform").module.get("delivery");
                const roles = delivery.all("aws_iam_role").map(([, role]) => JSON.parse(role.get("assume_role_policy")).Statement[0]);
                return {
                    made: delivery.all("aws_iam_openid_connect_provider").length,
                    by: roles[0].Principal.Federated,
                    subjects: roles.flatMap((r) => r.Condition.StringEquals["token.actions.githubusercontent.com:sub"]).sort(),
                };
            };
            const plain = await trusted();
            assert.equal(plain.made, 1);
            // An environment deploys; main alone pushes images, and compares what there is.
            const main = "repo:example/ticketing:ref:refs/heads/main";
            assert.deepEqual(plain.subjects, [`repo:example/ticketing:environment:${values.environment}`, main, main]);
            const other = `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`;
            const numbered = await trusted({ github_owner_id: "17", github_repository_id: "4711", github_oidc_provider_arn: other });
            assert.equal(numbered.made, 0);
            assert.equal(numbered.by, other);
            assert.deepEqual(numbered.subjects, [
                `repo:example@17/ticketing@4711:environment:${values.environment}`,
                "repo:example@17/ticketing@4711:ref:refs/heads/main",
                "repo:example@17/ticketing@4711:ref:refs/heads/main",
            ]);
        });

        test("people come from where the values say", () => {
            assert.equal(Object.keys(others.auth).length > 0, values.services.users.env.Users__Provider === "External");
            assert.equal((values.auth.authority ?? "").startsWith("https://cognito-idp."), values.services.users.env.Users__Provider === "External");
        });

        test("a role for whoever has a component in AWS, and for nobody else", () => {
            const apps = new Set(Object.values(components("aws")).filter((c) => c.type.includes(".aws.")).flatMap((c) => c.scopes));
            assert.deepEqual(Object.keys(services).sort(), [...apps].sort());
        });

        test("every secret that an app may read is made under its name", () => {
            const read = readdirSync("components/shared")
                .filter((f) => f.startsWith("configuration-"))
                .flatMap((f) => yaml.parse(readFileSync(`components/shared/${f}`, "utf8")).spec.secrets.scopes)
                .filter((scope) => scope.storeName === "secretstore")
                .flatMap((scope) => scope.allowedSecrets ?? []);
            assert.notEqual(read.length, 0);
            assert.deepEqual([...new Set(read)].sort(), secrets.filter((s) => !s.includes("/")).sort());
        });

        test("every Secret of the cluster has its source, which External Secrets may read, and no more", async () => {
            const asked = [
                "workflowstore",
                defaults.dapr.apiTokenSecret,
                defaults.dapr.appTokenSecret,
                ...enabled.filter((app) => defaults.services[app].database ?? defaults.defaults.database).map((app) => `${app}-database`),
            ].map((secret) => defaults.externalSecrets.prefix + secret);
            const bootstrap = yaml.parseAllDocuments(readFileSync("infra/cluster/bootstrap.yaml", "utf8")).map((d) => d.toJS());
            const store = bootstrap.find((d) => d.kind === "ClusterSecretStore");
            for (const { metadata, spec } of bootstrap.filter((d) => d.kind === "ExternalSecret")) {
                assert.ok(store.spec.conditions[0].namespaces.includes(metadata.namespace), metadata.namespace);
                asked.push(...spec.data.map((d) => d.remoteRef.key));
            }
            assert.ok(asked.includes("ticketing/monitoring-database"));
            for (const secret of asked) {
                assert.ok(secrets.includes(secret), secret);
                for (const action of ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]) assert.ok(await mayAddon("external-secrets", action, secretArn(secret)), secret);
            }
            for (const secret of secrets.filter((s) => !s.includes("/")))
                assert.ok(!(await mayAddon("external-secrets", "secretsmanager:GetSecretValue", secretArn(secret))), secret);
        });

        test("KEDA sees the depth of the queues that it scales by, and reads none", async () => {
            const queues = platform.module.get("messaging").outputs.get("queue_urls");
            const [, url] = readFileSync("charts/ticketing/templates/autoscaling.yaml", "utf8").match(/queueURL: (\S.*)$/m);
            const scaled = enabled.filter((app) => (values.services[app]?.autoscaling?.kind ?? defaults.services[app].autoscaling?.kind) === "keda");
            assert.notEqual(scaled.length, 0);
            for (const app of scaled) {
                assert.equal(url.replace("{{ $.Values.aws.region }}", region).replace("{{ $.Values.aws.accountId }}", account).replace("{{ $name }}", app), queues[app]);
                const queue = arn("sqs", `ticketing-${app}`, region, account);
                assert.ok(await mayAddon("keda-operator", "sqs:GetQueueAttributes", queue), app);
                assert.ok(!(await mayAddon("keda-operator", "sqs:ReceiveMessage", queue)), app);
            }
        });

        test("the collector writes to its own log groups, Alertmanager to the alarms' topic, and neither elsewhere", async () => {
            const { exporters } = yaml.parse(readFileSync("charts/collector-values.yaml", "utf8")).alternateConfig;
            for (const { log_group_name: group, log_stream_name: stream } of [exporters.awsemf, exporters.awscloudwatchlogs]) {
                const log = arn("logs", `log-group:${group.replace("${env:TICKETING_ENVIRONMENT}", values.environment)}:log-stream:${stream}`, region, account);
                for (const action of ["logs:CreateLogStream", "logs:PutLogEvents"]) assert.ok(await mayAddon("otel-collector", action, log), log);
                assert.ok(!(await mayAddon("otel-collector", "logs:GetLogEvents", log)), log);
            }
            assert.ok(!(await mayAddon("otel-collector", "logs:PutLogEvents", arn("logs", "log-group:/aws/eks/x/cluster:log-stream:y", region, account))));
            assert.ok(await mayAddon("otel-collector", "xray:PutTraceSegments", "*"));
            const alertmanager = "kube-prometheus-stack-alertmanager";
            assert.ok(await mayAddon(alertmanager, "sns:Publish", arn("sns", `ticketing-${values.environment}-alarms`, region, account)));
            assert.ok(!(await mayAddon(alertmanager, "sns:Publish", arn("sns", "order-fulfilled", region, account))));
            // Its sign of life, which an alarm misses when it stays away.
            const watch = platform.module.get("watch").all("aws_cloudwatch_metric_alarm").find(([key]) => key === "watchdog")[1];
            assert.equal(watch.get("treat_missing_data"), "breaching");
            assert.equal(watch.get("dimensions").TopicName, `ticketing-${values.environment}-watchdog`);
            assert.ok(await mayAddon(alertmanager, "sns:Publish", arn("sns", `ticketing-${values.environment}-watchdog`, region, account)));
        });

        test("mistakes are found", () => {
            const mistaken = structuredClone(values);
            mistaken.services.gateway.roleArn = `arn:aws:iam::${values.aws.accountId}:role/ticketing-${values.environment}-gateway`;
            delete mistaken.services.orders.roleArn;
            mistaken.services.users.roleArn = mistaken.services.users.roleArn.replace("users", "user");
            mistaken.filesBucket = "another";
            assert.deepEqual(unmatched(mistaken, services), [
                `Terraform does not make ${mistaken.services.gateway.roleArn}`,
                `Terraform does not make ${mistaken.services.users.roleArn}`,
                `nobody names ${services.orders.roleArn}`,
            ]);
            assert.deepEqual(differing({ ...defaults, ...mistaken }, others), [`filesBucket: another, Terraform says ${others.filesBucket}`]);
        });
    });

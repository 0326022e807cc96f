// What values-<environment>.yaml says of AWS is what Terraform makes there: roles by name, buckets, table, account.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { components, environment } from "./installation.mjs";
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

for (const [name, file] of [["staging", "values-staging.yaml"], ["prod", "values-production.yaml"]])
    describe(file, async () => {
        const values = read(file);
        const made = (await environment(name, { in: [values.aws.region, values.aws.accountId] })).module.get("platform").outputs.get("chart_values");
        const { services, ...others } = made;

        test("every role that is named is made, and every role that is made is named", () => assert.deepEqual(unmatched(values, services), []));

        test("names that Terraform gives are the chart's", () => assert.deepEqual(differing({ ...defaults, ...values }, others), []));

        test("a role for whoever has a component in AWS, and for nobody else", () => {
            const apps = new Set(Object.values(components("aws")).filter((c) => c.type.includes(".aws.")).flatMap((c) => c.scopes));
            assert.deepEqual(Object.keys(services).sort(), [...apps].sort());
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

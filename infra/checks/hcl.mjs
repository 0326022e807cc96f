// What Terraform would compute, without Terraform: modules read by hcl2json, expressions evaluated when they are asked for.
// What only a provider knows is the name of itself in angle brackets, so that it can be carried but not taken for a value.
import { createRequire } from "node:module";
import { readFileSync, readdirSync } from "node:fs";
import { join, normalize } from "node:path";

// Lexer and parser of expressions --------------------------------------------------------------------------------------------

const tokenPattern =
    /(?<space>[ \t\r]+|#[^\n]*|\/\/[^\n]*)|(?<newline>\n)|(?<number>\d+(?:\.\d+)?)|(?<name>[A-Za-z_][\w-]*)|(?<op>\.\.\.|=>|==|!=|<=|>=|&&|\|\||[-+*\/%<>=!?:.,()[\]{}])/y;

class Parser {
    constructor(text, at = 0) {
        this.text = text;
        this.at = at;
        this.next();
    }

    next() {
        this.start = this.at;
        for (;;) {
            if (this.at >= this.text.length) return (this.token = { kind: "end" });
            if (this.text[this.at] === '"') return (this.token = this.string());
            tokenPattern.lastIndex = this.at;
            const found = tokenPattern.exec(this.text);
            if (!found) throw new Error(`unexpected ${this.text.slice(this.at, this.at + 20)}`);
            this.at = tokenPattern.lastIndex;
            const [kind, value] = Object.entries(found.groups).find(([, v]) => v !== undefined);
            if (kind !== "space") return (this.token = { kind, value });
        }
    }

    string() {
        const parts = [];
        let literal = "";
        for (this.at++; this.text[this.at] !== '"'; ) {
            if (this.at >= this.text.length) throw new Error("a string without an end");
            if (this.text.startsWith("${", this.at) && !this.text.startsWith("$${", this.at)) {
                if (literal) parts.push(literal);
                literal = "";
                const inner = new Parser(this.text, this.at + 2);
                parts.push(inner.inTemplate());
                this.at = inner.at;
            } else if (this.text[this.at] === "\\") {
                literal += { n: "\n", t: "\t", r: "\r" }[this.text[this.at + 1]] ?? this.text[this.at + 1];
                this.at += 2;
            } else literal += this.text[this.at++];
        }
        this.at++;
        if (literal) parts.push(literal);
        return { kind: "template", parts };
    }

    // After "${": leaves `at` behind the closing brace.
    inTemplate() {
        this.lines();
        const node = this.expression();
        this.lines();
        if (!this.is("}")) throw new Error("no end of an interpolation");
        return node;
    }

    is(value) {
        return (this.token.kind === "op" || this.token.kind === "name") && this.token.value === value;
    }

    lines() {
        while (this.token.kind === "newline") this.next();
    }

    take(value) {
        if (!this.is(value)) return false;
        this.next();
        return true;
    }

    want(value) {
        this.lines();
        if (!this.take(value)) throw new Error(`${value} expected at ${this.text.slice(this.start, this.start + 30)}`);
    }

    expression() {
        const condition = this.binary(0);
        if (!this.take("?")) return condition;
        this.lines();
        const yes = this.expression();
        this.want(":");
        this.lines();
        return { type: "if", condition, yes, no: this.expression() };
    }

    static levels = [["||"], ["&&"], ["==", "!="], ["<", "<=", ">", ">="], ["+", "-"], ["*", "/", "%"]];

    binary(level) {
        if (level === Parser.levels.length) return this.unary();
        let left = this.binary(level + 1);
        for (;;) {
            const op = this.token.kind === "op" && Parser.levels[level].includes(this.token.value) ? this.token.value : null;
            if (!op) return left;
            this.next();
            this.lines();
            left = { type: "binary", op, left, right: this.binary(level + 1) };
        }
    }

    unary() {
        for (const op of ["!", "-"]) if (this.take(op)) return { type: "unary", op, value: this.unary() };
        return this.postfix(this.primary());
    }

    postfix(node) {
        for (;;) {
            if (this.take(".")) {
                node = this.is("*") ? { type: "splat", of: node } : { type: "get", of: node, key: { type: "value", value: this.token.value } };
                this.next();
            } else if (this.is("[")) {
                this.next();
                if (this.take("*")) node = { type: "splat", of: node };
                else node = { type: "get", of: node, key: this.expression() };
                this.want("]");
            } else return node;
            if (node.type === "splat") {
                // What follows is asked of each.
                node.each = this.postfix({ type: "name", name: "*" });
                return node;
            }
        }
    }

    primary() {
        const token = this.token;
        if (token.kind === "template") {
            this.next();
            return { type: "template", parts: token.parts };
        }
        if (token.kind === "number") {
            this.next();
            return { type: "value", value: Number(token.value) };
        }
        if (token.kind === "name") {
            this.next();
            if (token.value in Parser.words) return { type: "value", value: Parser.words[token.value] };
            return this.take("(") ? this.call(token.value) : { type: "name", name: token.value };
        }
        if (this.take("(")) {
            this.lines();
            const node = this.expression();
            this.want(")");
            return node;
        }
        if (this.take("[")) return this.sequence("]");
        if (this.take("{")) return this.sequence("}");
        throw new Error(`unexpected ${token.value ?? token.kind}`);
    }

    static words = { true: true, false: false, null: null };

    call(name) {
        const args = [];
        let spread = false;
        for (this.lines(); !this.is(")"); this.lines()) {
            args.push(this.expression());
            if (this.take("...")) spread = true;
            this.lines();
            if (!this.take(",")) break;
        }
        this.want(")");
        return { type: "call", name, args, spread };
    }

    // A list or an object, or a for expression that makes one.
    sequence(close) {
        this.lines();
        if (this.take("for")) {
            const names = [this.token.value];
            this.next();
            if (this.take(",")) {
                names.push(this.token.value);
                this.next();
            }
            this.want("in");
            const of = this.expression();
            this.want(":");
            this.lines();
            let key = null;
            let value = this.expression();
            if (close === "}") {
                this.want("=>");
                this.lines();
                [key, value] = [value, this.expression()];
                this.take("...");
            }
            this.lines();
            const only = this.take("if") ? this.expression() : null;
            this.want(close);
            return { type: "for", names, of, key, value, only };
        }
        const items = [];
        for (this.lines(); !this.is(close); this.lines()) {
            if (close === "]") items.push(this.expression());
            else {
                const named = this.token.kind === "name" ? { type: "value", value: this.token.value } : null;
                const key = named ?? this.primary();
                if (named) this.next();
                if (!this.take("=")) this.want(":");
                this.lines();
                items.push([key, this.expression()]);
            }
            this.take(",");
        }
        this.want(close);
        return { type: close === "]" ? "list" : "object", items };
    }
}

// hcl2json leaves a text as it stands, with its interpolations.
const parsed = new Map();
function template(text) {
    if (!parsed.has(text)) {
        // hcl2json writes a condition inside a text this way, too.
        if (/(?<!%)%\{/.test(text)) throw new Error("directives are not known here");
        const parts = [];
        let literal = "";
        for (let at = 0; at < text.length; ) {
            if (text.startsWith("${", at) && !text.startsWith("$${", at)) {
                if (literal) parts.push(literal);
                literal = "";
                const parser = new Parser(text, at + 2);
                parts.push(parser.inTemplate());
                at = parser.at;
            } else literal += text[at++];
        }
        if (literal) parts.push(literal);
        parsed.set(text, { type: "template", parts });
    }
    return parsed.get(text);
}

// Evaluation -----------------------------------------------------------------------------------------------------------------

/** A name space that computes what is asked of it, once. */
class Lazy {
    #known = new Map();
    constructor(compute) {
        this.compute = compute;
    }
    get(key) {
        if (!this.#known.has(key)) {
            this.#known.set(key, undefined);
            this.#known.set(key, this.compute(key));
        }
        return this.#known.get(key);
    }
}

const unknown = (name) => `<${name}>`;
const isUnknown = (value) => typeof value === "string" && /^<[^>]*>$/.test(value);
const sorted = (map) => Object.keys(map).sort();
const entries = (of) => (Array.isArray(of) ? of.map((v, i) => [i, v]) : sorted(of).map((k) => [k, of[k]]));

const functions = {
    keys: sorted,
    values: (map) => sorted(map).map((k) => map[k]),
    sort: (list) => [...list].sort(),
    distinct: (list) => [...new Set(list)],
    toset: (list) => [...new Set(list)].sort(),
    tolist: (list) => list,
    tostring: String,
    floor: Math.floor,
    startswith: (text, start) => text.startsWith(start),
    endswith: (text, end) => text.endsWith(end),
    regex: (pattern, text) => {
        const found = text.match(new RegExp(pattern));
        if (!found) throw new Error(`${text} does not match ${pattern}`);
        return found[0];
    },
    // For networks, whose first address it is.
    cidrhost: (cidr, number) => {
        if (number !== 0 || !/^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/.test(cidr)) throw new Error(`the host ${number} of ${cidr} is not known here`);
        return cidr.split("/")[0];
    },
    flatten: (list) => list.flat(Infinity),
    concat: (...lists) => lists.flat(),
    merge: (...maps) => Object.assign({}, ...maps),
    lookup: (map, key, otherwise) => (key in map ? map[key] : otherwise),
    contains: (list, value) => list.includes(value),
    length: (of) => (typeof of === "string" || Array.isArray(of) ? of.length : Object.keys(of).length),
    join: (by, list) => list.join(by),
    split: (by, text) => text.split(by),
    replace: (text, from, to) => text.replaceAll(from, to),
    base64encode: (text) => (isUnknown(text) ? text : Buffer.from(text).toString("base64")),
    jsonencode: (value) => JSON.stringify(value),
    coalesce: (...all) => all.find((v) => v !== null && v !== ""),
    lower: (text) => text.toLowerCase(),
    upper: (text) => text.toUpperCase(),
};

const operators = {
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    "/": (a, b) => a / b,
    "%": (a, b) => a % b,
    "<": (a, b) => a < b,
    "<=": (a, b) => a <= b,
    ">": (a, b) => a > b,
    ">=": (a, b) => a >= b,
    "==": (a, b) => JSON.stringify(a) === JSON.stringify(b),
    "!=": (a, b) => JSON.stringify(a) !== JSON.stringify(b),
};

function evaluate(node, scope) {
    switch (node.type) {
        case "value":
            return node.value;
        case "name": {
            const value = scope(node.name);
            if (value === undefined) throw new Error(`nothing is named ${node.name}`);
            return value;
        }
        case "template": {
            const parts = node.parts.map((p) => (typeof p === "string" ? p : evaluate(p, scope)));
            if (parts.length === 1) return parts[0];
            for (const part of parts)
                if (part === null || typeof part === "object") throw new Error("a collection inside a text");
            return parts.join("");
        }
        case "get": {
            const [of, key] = [evaluate(node.of, scope), evaluate(node.key, scope)];
            if (isUnknown(of)) return unknown(`${of.slice(1, -1)}.${key}`);
            const value = of instanceof Lazy ? of.get(key) : of?.[key];
            if (value === undefined) throw new Error(`no ${key}`);
            return value;
        }
        case "splat": {
            const of = evaluate(node.of, scope);
            if (isUnknown(of)) return unknown(`${of.slice(1, -1)}.*`);
            return (Array.isArray(of) ? of : [of]).map((v) => evaluate(node.each, (name) => (name === "*" ? v : scope(name))));
        }
        case "if":
            return evaluate(node.condition, scope) ? evaluate(node.yes, scope) : evaluate(node.no, scope);
        case "unary":
            return node.op === "!" ? !evaluate(node.value, scope) : -evaluate(node.value, scope);
        case "binary":
            if (node.op === "&&") return evaluate(node.left, scope) && evaluate(node.right, scope);
            if (node.op === "||") return evaluate(node.left, scope) || evaluate(node.right, scope);
            return operators[node.op](evaluate(node.left, scope), evaluate(node.right, scope));
        case "list":
            return node.items.map((item) => evaluate(item, scope));
        case "object":
            return Object.fromEntries(node.items.map(([key, value]) => [evaluate(key, scope), evaluate(value, scope)]));
        case "for": {
            const made = entries(evaluate(node.of, scope)).flatMap(([key, value]) => {
                const [first, second] = node.names;
                const inner = (name) =>
                    name === second ? value : name === first ? (second ? key : value) : scope(name);
                if (node.only && !evaluate(node.only, inner)) return [];
                const result = evaluate(node.value, inner);
                return [node.key ? [evaluate(node.key, inner), result] : result];
            });
            return node.key ? Object.fromEntries(made) : made;
        }
        case "call": {
            if (node.name === "try" || node.name === "can") {
                for (const arg of node.args) {
                    try {
                        const value = evaluate(arg, scope);
                        return node.name === "can" ? true : value;
                    } catch {
                        // The next one, then.
                    }
                }
                if (node.name === "can") return false;
                throw new Error("nothing to try is left");
            }
            const args = node.args.map((arg) => evaluate(arg, scope));
            if (node.spread) args.push(...args.pop());
            const known = functions[node.name];
            if (!known) throw new Error(`the function ${node.name} is not known here`);
            return known(...args);
        }
    }
}

// Modules --------------------------------------------------------------------------------------------------------------------

class Module {
    constructor(world, dir, path, args) {
        Object.assign(this, { world, path });
        const body = world.bodies.get(normalize(dir));
        if (!body) throw new Error(`no module ${dir}`);
        this.body = body;
        const value = (json, scope = this.scope) => this.value(json, scope);
        this.var = new Lazy((name) => {
            const [variable] = body.variable?.[name] ?? [];
            if (!(args && name in args) && !(variable && "default" in variable)) throw new Error(`${path}: var.${name} has no value`);
            const given = args && name in args ? args[name] : value(variable.default);
            // A validation may ask for other variables, too.
            const scope = (other) => (other === "var" ? new Lazy((v) => (v === name ? given : this.var.get(v))) : this.scope(other));
            for (const { condition, error_message: message } of variable?.validation ?? [])
                if (!value(condition, scope)) throw new Error(`${path}var.${name}: ${message}`);
            return given;
        });
        this.local = new Lazy((name) => {
            const block = (body.locals ?? []).find((b) => name in b);
            if (!block) throw new Error(`${path}: no local.${name}`);
            return value(block[name]);
        });
        this.outputs = new Lazy((name) => {
            if (!body.output?.[name]) throw new Error(`${path}: no output ${name}`);
            return value(body.output[name][0].value);
        });
        this.module = new Lazy((name) => {
            const [call] = body.module?.[name] ?? [];
            if (!call) throw new Error(`${path}: no module ${name}`);
            const { source, ...given } = call;
            const lazy = {};
            for (const [key, json] of Object.entries(given))
                Object.defineProperty(lazy, key, { enumerable: true, get: () => value(json) });
            return new Module(world, join(dir, source), `${path}module.${name}.`, lazy);
        });
        const byType = (blocks, prefix, make) =>
            new Lazy((type) => new Lazy((name) => make(type, name, blocks?.[type]?.[name]?.[0], `${prefix}${type}.${name}`)));
        this.data = byType(body.data, "data.", (type, name, block, address) => {
            if (!block) throw new Error(`${path}: no ${address}`);
            return new Lazy((key) => world.data[type]?.[key] ?? unknown(`${path}${address}.${key}`));
        });
        this.ephemeral = byType(body.ephemeral, "ephemeral.", (type, name, block, address) => {
            if (!block) throw new Error(`${path}: no ${address}`);
            return new Lazy((key) => unknown(`${path}${address}.${key}`));
        });
        this.resource = byType(body.resource, "", (type, name, block, address) => {
            if (!block) throw new Error(`${path}: no ${address}`);
            return this.instances(type, block, address);
        });
        this.scope = (name) => {
            if (name === "var") return this.var;
            if (name === "local") return this.local;
            if (name === "data") return this.data;
            if (name === "ephemeral") return this.ephemeral;
            if (name === "module") return new Lazy((called) => this.module.get(called).outputs);
            return body.resource?.[name] ? this.resource.get(name) : undefined;
        };
    }

    value(json, scope) {
        try {
            if (typeof json === "string") return evaluate(template(json), scope);
            if (Array.isArray(json)) return json.map((item) => this.value(item, scope));
            if (json && typeof json === "object")
                return Object.fromEntries(Object.entries(json).map(([k, v]) => [this.value(k, scope), this.value(v, scope)]));
            return json;
        } catch (e) {
            if (e.located) throw e;
            throw Object.assign(new Error(`${this.path}${e.message} in ${JSON.stringify(json).slice(0, 200)}`), { located: true });
        }
    }

    instances(type, block, address) {
        const { for_each, count, depends_on, lifecycle, ...body } = block;
        const one = (scope, suffix) => {
            const own = new Lazy((key) => {
                if (key in body) return this.value(body[key], scope);
                if (body.dynamic?.[key])
                    return body.dynamic[key].flatMap(({ for_each, content }) =>
                        entries(this.value(for_each, scope)).map(([k, v]) =>
                            this.value(content[0], (name) => (name === key ? { key: k, value: v } : scope(name))),
                        ),
                    );
                return this.world.computed[type]?.[key]?.((k) => own.get(k)) ?? unknown(`${this.path}${address}${suffix}.${key}`);
            });
            own.attributes = () => Object.fromEntries(Object.keys(body).map((key) => [key, own.get(key)]));
            return own;
        };
        if (count !== undefined) {
            const length = this.value(count, this.scope);
            return Array.from({ length }, (_, index) =>
                one((name) => (name === "count" ? { index } : this.scope(name)), `[${index}]`),
            );
        }
        if (for_each === undefined) return one(this.scope, "");
        const each = this.value(for_each, this.scope);
        const pairs = Array.isArray(each) ? each.map((v) => [v, v]) : sorted(each).map((k) => [k, each[k]]);
        return Object.fromEntries(
            pairs.map(([key, value]) => [key, one((name) => (name === "each" ? { key, value } : this.scope(name)), `["${key}"]`)]),
        );
    }

    /** Every instance of every resource of a type: [key, attributes]. */
    all(type) {
        return Object.keys(this.body.resource?.[type] ?? {}).flatMap((name) => {
            const made = this.resource.get(type).get(name);
            return made instanceof Lazy ? [[name, made]] : Object.entries(made).map(([key, one]) => [`${name}/${key}`, one]);
        });
    }
}

// The last text of each file and what hcl2json made of it.
const read = new Map();

/**
 * Reads the modules below root. `data` holds what data sources answer, `computed` what a provider would compute of a
 * resource's own attributes; `change` may alter a file's text before it is read.
 */
export async function terraform({ tools, root = "infra/terraform", data = {}, computed = {}, change = (_, text) => text }) {
    const { parse } = createRequire(join(process.cwd(), tools, "node_modules", "x.js"))("@cdktf/hcl2json");
    const bodies = new Map();
    for (const file of readdirSync(root, { recursive: true }).filter((f) => f.endsWith(".tf") && !f.includes(".terraform/"))) {
        const path = join(root, file);
        const dir = normalize(join(path, ".."));
        const text = change(path, readFileSync(path, "utf8"));
        if (read.get(path)?.text !== text) read.set(path, { text, body: await parse(path, text) });
        const { body } = read.get(path);
        const whole = bodies.get(dir) ?? {};
        for (const [kind, blocks] of Object.entries(body)) {
            if (kind === "locals") whole.locals = [...(whole.locals ?? []), ...blocks];
            else {
                whole[kind] ??= {};
                for (const [type, named] of Object.entries(blocks))
                    whole[kind][type] = ["resource", "data", "ephemeral"].includes(kind) ? { ...whole[kind][type], ...named } : named;
            }
        }
        bodies.set(dir, whole);
    }
    const world = { bodies, data, computed };
    return (dir, args) => new Module(world, join(root, dir), "", args);
}

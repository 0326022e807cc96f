// One request, decided as IAM decides it.
export const decider = (runSimulation) =>
    async function decide({ account, principal, policy, resourcePolicy, action, resource, context = {} }) {
        const answer = await runSimulation(
            {
                request: { principal, action, resource: { resource, accountId: account }, contextVariables: context },
                identityPolicies: policy ? [{ name: "own", policy }] : [],
                serviceControlPolicies: [],
                resourceControlPolicies: [],
                ...(resourcePolicy && { resourcePolicy }),
            },
            {},
        );
        if (answer.errors) throw new Error(`${action} ${resource}: ${JSON.stringify(answer.errors)}`);
        return (answer.analysis?.result ?? answer.overallResult) === "Allowed";
    };

/** A key that leaves the decision to IAM. */
export const keyByIam = (account) => ({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "kms:*", Resource: "*" }],
});

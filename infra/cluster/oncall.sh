#!/usr/bin/env bash
# What the runbooks use; source it: . infra/cluster/oncall.sh
# Needs kubectl and aws, logged in to the environment, jq and the Dapr CLI.

# ask_prometheus QUERY: what it says now, as its API answers.
ask_prometheus() {
    local query
    query=$(jq -rn --arg query "$1" '$query | @uri')
    kubectl get --raw "/api/v1/namespaces/monitoring/services/prometheus-operated:9090/proxy/api/v1/query?query=$query"
}

# promql QUERY: the same, a value and its labels a line.
promql() {
    ask_prometheus "$1" | jq -r '.data.result[] | "\(.value[1])\t\(.metric | del(.__name__) | tojson)"'
}

# firing: the alerts that fire.
firing() {
    promql 'ALERTS{alertstate="firing",severity=~"page|ticket"}'
}

# sql SERVICE QUERY: asks the service's own database, in its name; "workflow" is that of Dapr's workflows. The password goes by
# the pod's input: it stands in no manifest. (Outside the namespace, whose network and pod security are for the services.)
sql() {
    local connection database=$1 secret=$1-database
    [ "$1" != workflow ] || secret=workflowstore
    connection=$(kubectl -n ticketing get secret "$secret" -o jsonpath='{.data.connectionString}' | base64 -d)
    # "Host=a;Password=b", or "host=a password=b".
    value_of() { sed -nE "s/(.*[; ])?$1=([^; ]*).*/\2/Ip" <<<"$connection"; }
    # The container's shell expands these.
    # shellcheck disable=SC2016
    value_of Password | kubectl -n default run "psql-$1-$RANDOM" --rm -i --quiet --restart=Never --image=postgres:17-alpine \
        --command -- sh -c 'read -r PGPASSWORD && export PGPASSWORD && exec psql --no-psqlrc -h "$1" -U "$2" -d "$3" -c "$4"' \
        - "$(value_of Host)" "$(value_of 'User[a-z]*')" "$database" "$2"
}

# tunnel: the database at localhost:15432 until Ctrl-C, for what runs here, such as the audit (there is no machine in its network;
# the server's name is not localhost: SSL Mode=Require).
tunnel() (
    connection=$(kubectl -n ticketing get secret orders-database -o jsonpath='{.data.connectionString}' | base64 -d)
    host=$(sed -nE 's/(.*[; ])?Host=([^; ]*).*/\2/Ip' <<<"$connection")
    pod=tunnel-$RANDOM
    trap 'kubectl -n default delete pod "$pod" --wait=false' EXIT
    kubectl -n default run "$pod" --restart=Never --image=alpine/socat:1.8.0.0 -- tcp-listen:5432,fork,reuseaddr "tcp-connect:$host:5432" &&
        kubectl -n default wait "pod/$pod" --for=condition=Ready --timeout=2m &&
        kubectl -n default port-forward "pod/$pod" 15432:5432
)

# terminate ID: ends a run of Orders' workflows; the reconciler starts a new one within a minute. (The sidecars ask for a token,
# which of the CLI's commands only terminate, suspend and resume pass on.)
terminate() {
    DAPR_API_TOKEN=$(kubectl -n ticketing get secret dapr-api-token -o jsonpath='{.data.token}' | base64 -d) \
        dapr workflow terminate "$1" --app-id orders --kubernetes --namespace ticketing
}

# dead APP: ten of its dead letters: when they came, how (given-up: the app refused them to the end; killer: it died of them),
# of which topic, and their id.
dead() {
    aws sqs receive-message --queue-url "$(queue "$1-dead")" --max-number-of-messages 10 --visibility-timeout 10 \
        --message-system-attribute-names SentTimestamp |
        jq -r --arg dead "$1-dead" '.Messages[]? | (.Attributes.SentTimestamp | tonumber / 1000 | todate) as $at
            | (.Body | fromjson) as $sns | ($sns.Message | fromjson) as $event
            | [$at, (if $sns.TopicArn | endswith(":" + $dead) then "given-up" else "killer" end), $event.topic, $event.id] | @tsv'
}

# queue NAME: the address of the queue ticketing-NAME.
queue() {
    aws sqs get-queue-url --queue-name "ticketing-$1" --query QueueUrl --output text
}

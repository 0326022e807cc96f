#!/usr/bin/env bash
# Puts an app's dead letters back into its queue, once their cause is mended. SQS's own redrive cannot: it knows no origin of
# what came by the topic <app>-dead, and Dapr would look for a handler of that topic. So each message goes back as its first
# topic sent it. Whatever fails stays dead; a message may come twice, which handlers bear.
# usage: infra/cluster/redrive.sh APP [MOST]      as somebody who may read and delete from ticketing-APP-dead and send to
#                                                 ticketing-APP
set -euo pipefail
app=${1:?usage: $0 APP [MOST]}
most=${2:-1000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dead=$(aws sqs get-queue-url --queue-name "ticketing-$app-dead" --query QueueUrl --output text)
alive=$(aws sqs get-queue-url --queue-name "ticketing-$app" --query QueueUrl --output text)

moved=0
failed=0
while [ $((moved + failed)) -lt "$most" ]; do
    # Hidden for five minutes: what cannot be sent does not come around again in this run.
    aws sqs receive-message --queue-url "$dead" --max-number-of-messages 1 --visibility-timeout 300 --wait-time-seconds 1 \
        --output json >"$work/received"
    [ -s "$work/received" ] || break
    # SNS's envelope, with the topic that the event names where the dead letters' topic stands. A file: it may be longer than a
    # command line's argument.
    if jq -j --arg dead ":$app-dead" '
        .Messages[0].Body | fromjson
        | if .TopicArn | endswith($dead)
          then (.Message | fromjson | .topic // error("the event names no topic")) as $topic
               | .TopicArn |= rtrimstr($dead) + ":" + $topic
          else . end | tojson' "$work/received" >"$work/body" &&
        aws sqs send-message --queue-url "$alive" --message-body "file://$work/body" >/dev/null; then
        aws sqs delete-message --queue-url "$dead" --receipt-handle "$(jq -r '.Messages[0].ReceiptHandle' "$work/received")"
        jq -r '"\(.TopicArn) \(.MessageId)"' "$work/body"
        moved=$((moved + 1))
    else
        jq -r '"stays dead: \(.Messages[0].MessageId)"' "$work/received" >&2
        failed=$((failed + 1))
    fi
done
echo "$moved put back, $failed stay dead"
[ "$failed" -eq 0 ]

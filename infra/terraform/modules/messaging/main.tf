# A topic an event, a queue a consuming app, a dead-letter queue a queue. The dead-letter queue takes both what a dying consumer
# received too often (redrive) and what a living one gave up (its dead-letter topic, which Dapr publishes to).

resource "aws_sns_topic" "this" {
  for_each          = toset(var.topics)
  name              = each.key
  kms_master_key_id = var.key_arn
}

resource "aws_sqs_queue" "dead" {
  for_each                  = var.dead_queues
  name                      = each.value
  message_retention_seconds = 1209600
  kms_master_key_id         = var.key_arn
}

resource "aws_sqs_queue" "this" {
  for_each                   = var.queues
  name                       = each.value
  visibility_timeout_seconds = var.visibility_seconds
  receive_wait_time_seconds  = 20
  message_retention_seconds  = 1209600
  kms_master_key_id          = var.key_arn

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[each.key].arn
    maxReceiveCount     = var.max_receives
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "this" {
  for_each  = aws_sqs_queue.dead
  queue_url = each.value.url

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.this[each.key].arn]
  })
}

locals {
  heard = { for app in keys(var.queues) : app => [for s in values(var.subscriptions) : aws_sns_topic.this[s.topic].arn if s.app == app] }
}

resource "aws_sqs_queue_policy" "this" {
  for_each  = aws_sqs_queue.this
  queue_url = each.value.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "FromTopics"
        Effect    = "Allow"
        Principal = { Service = "sns.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = each.value.arn
        Condition = { ArnEquals = { "aws:SourceArn" = local.heard[each.key] } }
      },
      {
        Sid       = "EncryptedOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = each.value.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_sqs_queue_policy" "dead" {
  for_each  = aws_sqs_queue.dead
  queue_url = each.value.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "FromTopic"
        Effect    = "Allow"
        Principal = { Service = "sns.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = each.value.arn
        Condition = { ArnEquals = { "aws:SourceArn" = aws_sns_topic.this[var.dead_topics[each.key]].arn } }
      },
      {
        Sid       = "EncryptedOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = each.value.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

# Not raw: Dapr finds the topic in SNS's envelope. The policy first, or messages of the first moment are refused.
resource "aws_sns_topic_subscription" "this" {
  for_each             = var.subscriptions
  topic_arn            = aws_sns_topic.this[each.value.topic].arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.this[each.value.app].arn
  raw_message_delivery = false
  depends_on           = [aws_sqs_queue_policy.this]
}

resource "aws_sns_topic_subscription" "dead" {
  for_each             = var.dead_topics
  topic_arn            = aws_sns_topic.this[each.value].arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.dead[each.key].arn
  raw_message_delivery = false
  depends_on           = [aws_sqs_queue_policy.dead]
}

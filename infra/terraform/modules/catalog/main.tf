# What exists and who may touch it, as data: no resource and no provider, so `terraform apply` here works offline and shows
# each service's policy. Topics and queues carry no environment in their names (Dapr builds their ARNs from the event's
# name): each environment has its own account, or its own region.

locals {
  apps = ["gateway", "web", "users", "events", "tickets", "products", "orders", "payments", "notifications", "sandbox"]

  # Each event's topic is its type with '-' for '.'.
  publishes = {
    users    = ["user-erased", "user-organizer-consent-changed", "act-recorded"]
    events   = ["event-published", "event-changed", "event-cancelled", "team-member-changed", "team-invitation-offered", "act-recorded"]
    tickets  = ["ticket-transfer-offered", "ticket-transferred", "ticket-transfer-declined", "ticket-transfer-withdrawn", "ticket-transfer-expired", "ticket-rescheduled", "ticket-voided", "act-recorded"]
    products = ["act-recorded"]
    orders   = ["order-fulfilled", "order-expired", "order-cancelled", "order-refunded", "order-partially-refunded", "order-disputed", "order-rescheduled", "payout-account-changed", "act-recorded"]
    payments = ["payment-settled", "payment-failed", "payment-refunded", "payment-disputed", "payment-dispute-won", "payment-dispute-lost"]
  }

  subscribes = {
    events        = ["user-erased", "act-recorded"]
    tickets       = ["event-published", "event-changed", "event-cancelled", "team-member-changed", "order-rescheduled", "user-erased"]
    products      = ["event-published", "event-changed", "event-cancelled", "team-member-changed"]
    orders        = ["payment-settled", "payment-failed", "payment-refunded", "payment-disputed", "payment-dispute-won", "payment-dispute-lost", "event-cancelled", "event-changed", "team-member-changed", "user-erased", "user-organizer-consent-changed"]
    notifications = ["order-fulfilled", "order-expired", "order-cancelled", "order-refunded", "order-partially-refunded", "order-disputed", "order-rescheduled", "payout-account-changed", "ticket-transfer-offered", "ticket-transferred", "ticket-transfer-declined", "ticket-transfer-withdrawn", "ticket-transfer-expired", "ticket-rescheduled", "ticket-voided", "team-invitation-offered", "user-erased"]
  }

  # They repeat answers to an Idempotency-Key; web keeps sessions.
  keeps_state = ["events", "tickets", "products", "orders", "web"]

  reads_secrets = {
    users    = ["oidc-signing-key", "personal-data-key"]
    tickets  = ["ticket-signing-key", "link-key"]
    orders   = ["personal-data-key"]
    payments = ["personal-data-key", "pix-client-certificate", "pix-client-secret", "pix-webhook-secret", "stripe-api-key", "stripe-webhook-secret"]
    sandbox  = ["pix-client-secret", "stripe-api-key", "stripe-webhook-secret"]
    web      = ["web-session-key"]
  }

  has_database = [for app in local.apps : app if !contains(["gateway", "web"], app)]

  queue         = { for app in keys(local.subscribes) : app => "ticketing-${app}" }
  dead_queue    = { for app in keys(local.subscribes) : app => "ticketing-${app}-dead" }
  dead_topic    = { for app in keys(local.subscribes) : app => "${app}-dead" }
  event_topics  = sort(distinct(flatten(values(local.publishes))))
  topics        = concat(local.event_topics, sort(values(local.dead_topic)))
  secrets       = sort(distinct(flatten(values(local.reads_secrets))))
  subscriptions = merge([for app, topics in local.subscribes : { for topic in topics : "${app}/${topic}" => { app = app, topic = topic } }]...)
  unheard       = [for topic in distinct(flatten(values(local.subscribes))) : topic if !contains(local.event_topics, topic)]

  sns      = "arn:${var.partition}:sns:${var.region}:${var.account_id}"
  sqs      = "arn:${var.partition}:sqs:${var.region}:${var.account_id}"
  bucket   = "arn:${var.partition}:s3:::${var.files_bucket}"
  table    = "arn:${var.partition}:dynamodb:${var.region}:${var.account_id}:table/${var.state_table}"
  identity = "arn:${var.partition}:ses:${var.region}:${var.account_id}:identity/${var.mail_domain}"
  mail_set = "arn:${var.partition}:ses:${var.region}:${var.account_id}:configuration-set/${var.mail_configuration_set}"
  vault    = "arn:${var.partition}:secretsmanager:${var.region}:${var.account_id}:secret"

  # The calls that the Dapr components make with provisioning off, and no others.
  statements = {
    for app in local.apps : app => [
      {
        Sid    = "Publish"
        Effect = "Allow"
        Action = ["sns:Publish", "sns:GetTopicAttributes"]
        Resource = [
          for topic in concat(lookup(local.publishes, app, []), [for a, t in local.dead_topic : t if a == app]) :
          "${local.sns}:${topic}"
        ]
        Condition = {}
      },
      {
        Sid       = "FindSubscriptions"
        Effect    = "Allow"
        Action    = ["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"]
        Resource  = [for topic in lookup(local.subscribes, app, []) : "${local.sns}:${topic}"]
        Condition = {}
      },
      {
        Sid    = "Consume"
        Effect = "Allow"
        Action = [
          "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"
        ]
        Resource  = [for a, queue in local.queue : "${local.sqs}:${queue}" if a == app]
        Condition = {}
      },
      {
        Sid       = "FindDeadLetters"
        Effect    = "Allow"
        Action    = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"]
        Resource  = [for a, queue in local.dead_queue : "${local.sqs}:${queue}" if a == app]
        Condition = {}
      },
      {
        # The component reads a random key when it starts, to see whether it may; so reading knows no prefix.
        Sid       = "ReadState"
        Effect    = "Allow"
        Action    = ["dynamodb:GetItem"]
        Resource  = [for a in local.keeps_state : local.table if a == app]
        Condition = {}
      },
      {
        # All services share the table; Dapr begins each key with the app's id.
        Sid       = "WriteState"
        Effect    = "Allow"
        Action    = ["dynamodb:DeleteItem", "dynamodb:PutItem"]
        Resource  = [for a in local.keeps_state : local.table if a == app]
        Condition = { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["${app}||*"] } }
      },
      {
        Sid       = "Files"
        Effect    = "Allow"
        Action    = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
        Resource  = app == "tickets" ? ["${local.bucket}/tickets/*"] : []
        Condition = {}
      },
      {
        # Without it a missing object looks like a forbidden one.
        Sid       = "FindFiles"
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = app == "tickets" ? [local.bucket] : []
        Condition = {}
      },
      {
        # SES asks for the configuration set, too, even where the identity's default applies.
        Sid       = "Mail"
        Effect    = "Allow"
        Action    = ["ses:SendEmail"]
        Resource  = contains(["notifications", "users"], app) ? [local.identity, local.mail_set] : []
        Condition = { StringEquals = { "ses:FromAddress" = [var.mail_from] } }
      },
      {
        # Secrets Manager adds six characters to a name.
        Sid       = "Secrets"
        Effect    = "Allow"
        Action    = ["secretsmanager:GetSecretValue"]
        Resource  = [for name in lookup(local.reads_secrets, app, []) : "${local.vault}:${name}-??????"]
        Condition = {}
      },
      {
        Sid      = "Keys"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = app == "gateway" ? [] : [var.key_arn]
        Condition = {
          StringEquals = {
            "kms:ViaService" = [for s in ["sns", "sqs", "s3", "dynamodb", "secretsmanager"] : "${s}.${var.region}.amazonaws.com"]
          }
        }
      },
    ]
  }

  # Gateway asks AWS for nothing: no statement, no role.
  policies = {
    for app, statements in local.statements : app => jsonencode({
      Version = "2012-10-17"
      Statement = [
        for s in statements : { for k, v in s : k => v if k != "Condition" || try(length(v), 0) > 0 } if length(s.Resource) > 0
      ]
    }) if length(flatten([for s in statements : s.Resource])) > 0
  }
}

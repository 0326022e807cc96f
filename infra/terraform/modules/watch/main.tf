# What AWS alone can see, told to the person on call; what the services know about themselves is Prometheus's. Each alarm names
# its runbook.

locals {
  # Depth, and the age of the oldest message: a consumer that stands still shows in the second long before the first.
  queues = merge(
    { for app, queue in var.dead_queues : "dead-${app}" => {
      metric      = "ApproximateNumberOfMessagesVisible"
      queue       = queue
      threshold   = 0
      periods     = 1
      runbook     = "MessagesDropped"
      description = "Messages of ${app} lie in ${queue}: read them, mend the cause, give them back (infra/cluster/redrive.sh ${app})."
    } },
    { for app, queue in var.queues : "age-${app}" => {
      metric      = "ApproximateAgeOfOldestMessage"
      queue       = queue
      threshold   = var.oldest_message_seconds
      periods     = 3
      runbook     = "MessagesRetried"
      description = "${app} does not keep up with ${queue}, or stands still."
    } },
  )

  database = {
    cpu         = { metric = "CPUUtilization", operator = "GreaterThanThreshold", threshold = 80, periods = 10, runbook = "LatencyBurnsFast" }
    connections = { metric = "DatabaseConnections", operator = "GreaterThanThreshold", threshold = floor(var.max_connections * 0.85), periods = 3, runbook = "DatabaseConnectionsHigh" }
    storage     = { metric = "FreeStorageSpace", operator = "LessThanThreshold", threshold = 10 * 1024 * 1024 * 1024, periods = 3, runbook = "DatabaseDown" }
    memory      = { metric = "FreeableMemory", operator = "LessThanThreshold", threshold = 256 * 1024 * 1024, periods = 5, runbook = "LatencyBurnsFast" }
    write       = { metric = "WriteLatency", operator = "GreaterThanThreshold", threshold = 0.02, periods = 5, runbook = "LatencyBurnsFast" }
    wraparound  = { metric = "MaximumUsedTransactionIDs", operator = "GreaterThanThreshold", threshold = 1000000000, periods = 3, runbook = "DatabaseTransactionLong" }
  }

  # Known once the chart's Ingress has made the load balancer.
  balancer = var.load_balancer == "" ? {} : {
    errors     = { metric = "HTTPCode_Target_5XX_Count", statistic = "Sum", threshold = 20, periods = 3, runbook = "AvailabilityBurnsFast" }
    own-errors = { metric = "HTTPCode_ELB_5XX_Count", statistic = "Sum", threshold = 20, periods = 3, runbook = "ServiceDown" }
    slow       = { metric = "TargetResponseTime", statistic = "p99", threshold = 2, periods = 5, runbook = "LatencyBurnsFast" }
    refused    = { metric = "TargetConnectionErrorCount", statistic = "Sum", threshold = 10, periods = 3, runbook = "ServiceDown" }
  }
}

resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  kms_master_key_id = var.key_arn
}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com", "backup.amazonaws.com"] }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.alarms.arn
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

resource "aws_sns_topic_subscription" "mail" {
  for_each  = toset(var.alarm_emails)
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.key
}

# A dead man's switch: Alertmanager sends its Watchdog here every five minutes (charts/ticketing/alertmanager.yaml); when it does not,
# nobody would be told of anything. Nobody subscribes: CloudWatch counts.
resource "aws_sns_topic" "watchdog" {
  name              = "${var.name}-watchdog"
  kms_master_key_id = var.key_arn
}

resource "aws_cloudwatch_metric_alarm" "watchdog" {
  alarm_name          = "${var.name}-watchdog"
  alarm_description   = "Prometheus or Alertmanager stand still: alerts reach nobody. ${var.runbooks}/MetricsMissing.md"
  namespace           = "AWS/SNS"
  metric_name         = "NumberOfMessagesPublished"
  dimensions          = { TopicName = aws_sns_topic.watchdog.name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "queue" {
  for_each            = local.queues
  alarm_name          = "${var.name}-queue-${each.key}"
  alarm_description   = "${each.value.description} ${var.runbooks}/${each.value.runbook}.md"
  namespace           = "AWS/SQS"
  metric_name         = each.value.metric
  dimensions          = { QueueName = each.value.queue }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = each.value.periods
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "database" {
  for_each            = local.database
  alarm_name          = "${var.name}-database-${each.key}"
  alarm_description   = "RDS ${var.database} ${each.value.metric}. ${var.runbooks}/${each.value.runbook}.md"
  namespace           = "AWS/RDS"
  metric_name         = each.value.metric
  dimensions          = { DBInstanceIdentifier = var.database }
  statistic           = "Average"
  period              = 60
  evaluation_periods  = each.value.periods
  comparison_operator = each.value.operator
  threshold           = each.value.threshold
  treat_missing_data  = "missing"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "balancer" {
  for_each            = local.balancer
  alarm_name          = "${var.name}-balancer-${each.key}"
  alarm_description   = "ALB ${each.value.metric}. ${var.runbooks}/${each.value.runbook}.md"
  namespace           = "AWS/ApplicationELB"
  metric_name         = each.value.metric
  dimensions          = { LoadBalancer = var.load_balancer }
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  period              = 60
  evaluation_periods  = each.value.periods
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# SES stops an account that bounces 10 % or annoys 0.5 %.
resource "aws_cloudwatch_metric_alarm" "mail" {
  for_each            = { BounceRate = 0.05, ComplaintRate = 0.001 }
  alarm_name          = "${var.name}-mail-${each.key}"
  alarm_description   = "SES reputation: half of what makes AWS look. ${var.runbooks}/MailsFail.md"
  namespace           = "AWS/SES"
  metric_name         = "Reputation.${each.key}"
  statistic           = "Maximum"
  period              = 3600
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "state" {
  for_each            = toset(["ReadThrottleEvents", "WriteThrottleEvents"])
  alarm_name          = "${var.name}-state-${each.key}"
  alarm_description   = "DynamoDB refuses reads or writes of ${var.state_table}. ${var.runbooks}/CircuitBreakerOpen.md"
  namespace           = "AWS/DynamoDB"
  metric_name         = each.key
  dimensions          = { TableName = var.state_table }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

resource "aws_budgets_budget" "this" {
  name         = var.name
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }

    content {
      comparison_operator       = "GREATER_THAN"
      notification_type         = notification.key
      threshold                 = notification.value
      threshold_type            = "PERCENTAGE"
      subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
    }
  }

  depends_on = [aws_sns_topic_policy.alarms]
}

output "alarm_topic_arn" {
  description = "Subscribe the pager here."
  value       = aws_sns_topic.alarms.arn
}

output "alert_topic_arns" {
  description = "Where Alertmanager publishes."
  value       = [aws_sns_topic.alarms.arn, aws_sns_topic.watchdog.arn]
}

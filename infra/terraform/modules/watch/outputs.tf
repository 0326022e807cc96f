output "alarm_topic_arn" {
  description = "Subscribe the pager here."
  value       = aws_sns_topic.alarms.arn
}

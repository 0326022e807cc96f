output "queue_urls" {
  description = "App id to queue URL, for scaling on depth."
  value       = { for app, queue in aws_sqs_queue.this : app => queue.url }
}

output "queue_arns" {
  description = "App id to queue ARN."
  value       = { for app, queue in aws_sqs_queue.this : app => queue.arn }
}

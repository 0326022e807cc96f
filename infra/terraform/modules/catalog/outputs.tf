output "apps" {
  description = "Dapr app ids."
  value       = local.apps
}

output "databases" {
  description = "Apps with a database of their own name."
  value       = local.has_database
}

output "topics" {
  description = "SNS topics: one an event, one dead-letter topic a consumer."
  value       = local.topics
}

output "queues" {
  description = "App id to its queue."
  value       = local.queue
}

output "dead_queues" {
  description = "App id to its dead-letter queue."
  value       = local.dead_queue
}

output "dead_topics" {
  description = "App id to its dead-letter topic."
  value       = local.dead_topic
}

output "subscriptions" {
  description = "Every pair of app and topic, by \"app/topic\"."
  value       = local.subscriptions

  precondition {
    condition     = length(local.unheard) == 0
    error_message = "Nobody publishes ${join(", ", local.unheard)}."
  }
}

output "secrets" {
  description = "Names in the secret store."
  value       = local.secrets
}

output "policies" {
  description = "App id to its IAM policy, JSON."
  value       = local.policies
}

variable "topics" {
  description = "All topics, those of dead letters too."
  type        = list(string)
}

variable "queues" {
  description = "App id to queue name."
  type        = map(string)
}

variable "dead_queues" {
  description = "App id to name of its dead-letter queue."
  type        = map(string)
}

variable "dead_topics" {
  description = "App id to its dead-letter topic."
  type        = map(string)
}

variable "subscriptions" {
  description = "Who hears what, by \"app/topic\"."
  type = map(object({
    app   = string
    topic = string
  }))
}

variable "visibility_seconds" {
  description = "How long a received message is hidden; above everything that Dapr's inbound policy may do with it."
  type        = number
}

variable "max_receives" {
  description = "Receives before a message is dead; below the component's messageRetryLimit, which deletes."
  type        = number
}

variable "key_arn" {
  description = "KMS key; SNS must be allowed to use it."
  type        = string
}

variable "name" {
  description = "Name of the user pool."
  type        = string
}

variable "domain_prefix" {
  description = "Prefix of the log-in pages' domain, unique in the region."
  type        = string
}

variable "public_url" {
  description = "The public origin, without a trailing slash."
  type        = string
}

variable "mail_from" {
  description = "Sender of verification mails."
  type        = string
}

variable "mail_identity_arn" {
  description = "SES identity of the sender."
  type        = string
}

variable "deletion_protection" {
  description = "Refuse to delete the people's accounts."
  type        = bool
}

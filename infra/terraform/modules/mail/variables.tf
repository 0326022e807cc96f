variable "domain" {
  description = "Domain that mails come from."
  type        = string
}

variable "zone_id" {
  description = "Route 53 zone of the domain."
  type        = string
}

variable "domain" {
  description = "Domain that mails come from."
  type        = string
}

variable "zone_id" {
  description = "Route 53 zone of the domain."
  type        = string
}

variable "configuration_set" {
  description = "Name of the configuration set that the domain's mails go through."
  type        = string
}

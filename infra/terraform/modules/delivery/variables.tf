variable "name" {
  description = "Prefix of role names."
  type        = string
}

variable "environment" {
  description = "GitHub environment that deploys here."
  type        = string
}

variable "repository" {
  description = "GitHub repository, owner/name."
  type        = string
}

variable "images" {
  description = "Image names."
  type        = list(string)
}

variable "cluster_arn" {
  description = "The cluster that is deployed to."
  type        = string
}

variable "puller_account_ids" {
  description = "Other accounts that run these images."
  type        = list(string)
}

variable "key_arn" {
  description = "KMS key of the images."
  type        = string
}

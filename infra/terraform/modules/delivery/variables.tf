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

variable "owner_id" {
  description = "Number of the repository's owner; with the repository's."
  type        = string
}

variable "repository_id" {
  description = "Number of the repository, where its tokens' subjects carry ids (made or renamed since 2026-07-15); else empty."
  type        = string
}

variable "oidc_provider_arn" {
  description = "GitHub's OpenID provider in this account, when another environment has made it; else empty."
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

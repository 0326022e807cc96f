variable "name" {
  description = "Name of the cluster."
  type        = string
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes."
  type        = string
}

variable "subnet_ids" {
  description = "One private subnet a zone."
  type        = list(string)
}

variable "public_access_cidrs" {
  description = "Who may reach the API server from outside the VPC; nobody when empty."
  type        = list(string)
}

variable "admin_role_arns" {
  description = "IAM roles of the people who administer the cluster."
  type        = list(string)
}

variable "deploy_role_arns" {
  description = "IAM roles of pipelines that deploy the chart, by a name of one's own (ARNs of new roles are not known in a plan)."
  type        = map(string)
}

variable "pod_trust" {
  description = "Trust policy of roles for pods."
  type        = string
}

variable "node_instance_types" {
  description = "Instance types, all of one architecture."
  type        = list(string)
}

variable "node_ami_type" {
  description = "AMI type of that architecture."
  type        = string
}

variable "node_disk_gib" {
  description = "Root volume of a node, GiB."
  type        = number
  default     = 50
}

variable "nodes_per_zone" {
  description = "Fewest and most nodes a zone."
  type = object({
    min = number
    max = number
  })
}

variable "log_days" {
  description = "Days that control-plane logs are kept."
  type        = number
}

variable "key_arn" {
  description = "KMS key of Kubernetes Secrets and logs."
  type        = string
}

variable "deletion_protection" {
  description = "Refuse to delete the cluster."
  type        = bool
}

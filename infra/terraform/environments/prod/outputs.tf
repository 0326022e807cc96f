output "chart_values" {
  description = "terraform output -json chart_values > values-aws.json; helm … -f values-aws.json."
  value       = module.platform.chart_values
}

output "cluster_name" {
  description = "aws eks update-kubeconfig --name <this>."
  value       = module.platform.cluster_name
}

output "vpc_id" {
  description = "For the load-balancer controller."
  value       = module.platform.vpc_id
}

output "database_host" {
  description = "For infra/database/provision.sh."
  value       = module.platform.database_host
}

output "database_admin_secret_arn" {
  description = "For infra/database/provision.sh."
  value       = module.platform.database_admin_secret_arn
}

output "github_role_arns" {
  description = "Variables of the GitHub environment: AWS_IMAGES_ROLE, AWS_DEPLOY_ROLE."
  value       = module.platform.github_role_arns
}

output "alarm_topic_arn" {
  description = "Subscribe the pager here."
  value       = module.platform.alarm_topic_arn
}

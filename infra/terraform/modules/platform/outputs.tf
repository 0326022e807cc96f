# The chart's values, ready to be written to a file: terraform output -json chart_values > values-aws.json
output "chart_values" {
  description = "What the chart's values-<environment>.yaml takes from here."
  value = {
    environment   = var.environment
    publicUrl     = "https://${var.public_host}"
    mailFrom      = "Ticketing <${var.mail_from}>"
    stateTable    = module.storage.state_table
    filesBucket   = module.storage.files_bucket
    image         = { registry = module.delivery.registry }
    aws           = { region = local.region, accountId = local.account_id }
    observability = { runbookUrl = local.runbooks }
    auth          = local.auth
    networkPolicy = local.network_policy
    ingress = {
      alb = {
        certificateArn   = aws_acm_certificate_validation.public.certificate_arn
        wafAclArn        = module.firewall.acl_arn
        accessLogsBucket = module.storage.logs_bucket
        jwtValidation    = { jwksEndpoint = "${module.identity.issuer}/.well-known/jwks.json" }
      }
    }
    services = local.service_values
  }
}

output "cluster_name" {
  description = "aws eks update-kubeconfig --name <this>."
  value       = module.cluster.name
}

output "vpc_id" {
  description = "For the load-balancer controller, which cannot ask the node."
  value       = module.network.vpc_id
}

output "database_host" {
  description = "For infra/database/provision.sh."
  value       = local.database.host
}

output "database_admin_secret_arn" {
  description = "For infra/database/provision.sh."
  value       = local.database.admin_secret_arn
}

output "github_role_arns" {
  description = "Variables AWS_IMAGES_ROLE and AWS_DEPLOY_ROLE of the workflows."
  value       = module.delivery.role_arns
}

output "alarm_topic_arn" {
  description = "Subscribe the pager here."
  value       = module.watch.alarm_topic_arn
}

output "acl_arn" {
  description = "For the Ingress annotation alb.ingress.kubernetes.io/wafv2-acl-arn."
  value       = aws_wafv2_web_acl.this.arn
}

output "acl_name" {
  description = "Name of the web ACL."
  value       = aws_wafv2_web_acl.this.name
}
